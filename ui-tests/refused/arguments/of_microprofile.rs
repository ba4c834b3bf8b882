// fix: `requestVolumeThreshold = 4, failureRatio = 0.75, delay = 1000` => `trip = min(4) & failure_rate(0.75), window = count(4), retry = cooldown(1000ms)`
use fluxgate::circuit_breaker;

#[circuit_breaker(requestVolumeThreshold = 4, failureRatio = 0.75, delay = 1000)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
