// fix by hand: ` | slow_rate(0.5, 5s)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & (slow_rate(0.9, 1s) | slow_rate(0.8, 2s) | slow_rate(0.7, 3s) | slow_rate(0.6, 4s) | slow_rate(0.5, 5s)))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
