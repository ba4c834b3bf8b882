// fix: `failures(50%)` => `min(10) & failure_rate(50%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(50%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
