// fix by hand: `normal = 30%` => `normal = 30%, trip = closed & min(100) & failure_rate(0.52) | half_open & min(10) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(normal = 30%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
