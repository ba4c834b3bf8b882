// fix: `0.5us` => `1us`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & slow_rate(0.5, 0.5us))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
