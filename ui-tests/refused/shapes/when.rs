// fix by hand: `when` => `&`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_rate(50%) when min(10))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
