// fix: `threshold` => `failures`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = threshold(5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
