// fix: `50` => `50%`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(50))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
