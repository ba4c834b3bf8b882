// fix: `window = count(50)` => `half_open_timeout = 3m`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(50), trip = min(20) & slow_rate(0.3, 90s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
