// fix: `failure_rate(0.5)` => `failure_rate(0.45)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(60s), trip = min(10) & failure_rate(0.5), outage = 80%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
