// fix: `5s` => `20s`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(20) & slow_rate(0.3, 10s), half_open_timeout = 5s)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
