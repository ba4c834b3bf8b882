// fix by hand: `normal = 5` => `normal = 5%`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(0.5), normal = 5)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
