// fix: `successThreshold = 3, requestVolumeThreshold = 20` => `trip = closed & min(20) & failure_rate(0.5) | half_open & min(3) & failure_rate(0.5), window = count(20)`
use fluxgate::circuit_breaker;

#[circuit_breaker(successThreshold = 3, requestVolumeThreshold = 20)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
