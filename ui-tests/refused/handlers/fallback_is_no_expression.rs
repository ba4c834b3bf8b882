// fix by hand: `= Ok(0) Ok(1)` => `= |_| Ok(0)`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = Ok(0) Ok(1))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
