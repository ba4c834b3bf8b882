// fix: `timeout = 3000, errorThresholdPercentage = 50` => `timeout = 3000ms, trip = min(10) & failure_rate(50%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(timeout = 3000, errorThresholdPercentage = 50)]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
