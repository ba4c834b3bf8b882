// fix: `failures(50)` => `min(50) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(60s), trip = failures(50), normal = 0.1%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
