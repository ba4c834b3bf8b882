// fix by hand: `avg_latency` => `min(10) & avg_latency`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = avg_latency(2s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
