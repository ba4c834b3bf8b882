// fix: `requestVolumeThreshold = 20, sleepWindowInMilliseconds = 5000` => `trip = min(20) & failure_rate(0.5), retry = cooldown(5000ms)`
use fluxgate::circuit_breaker;

#[circuit_breaker(requestVolumeThreshold = 20, sleepWindowInMilliseconds = 5000)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
