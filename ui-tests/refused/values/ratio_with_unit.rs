// fix: `5s` => `0.5`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(5s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
