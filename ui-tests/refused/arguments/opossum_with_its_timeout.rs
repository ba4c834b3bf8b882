// fix: `timeout = 3000, errorThresholdPercentage = 50, resetTimeout = 30000` => `timeout = 3000ms, trip = min(10) & failure_rate(50%), retry = cooldown(30000ms)`
use fluxgate::circuit_breaker;

#[circuit_breaker(timeout = 3000, errorThresholdPercentage = 50, resetTimeout = 30000)]
async fn work() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = work();
}
