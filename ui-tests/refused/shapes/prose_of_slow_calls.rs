// fix: `30% of calls take longer than 2 seconds` => `min(10) & slow_rate(30%, 2s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "30% of calls take longer than 2 seconds")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
