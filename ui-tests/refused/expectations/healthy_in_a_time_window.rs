// fix: `min(10) & failure_rate(0.5)` => `min(13) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(60s), trip = min(10) & failure_rate(0.5), normal = 5%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
