// fix by hand: `Duration::from_millis(500)` => `500ms`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & avg_latency(Duration::from_millis(500)))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
