// fix: `tripper = Closed() & (MinRequests(10) & FailureRate(0.6)) | HalfOpened() & MinRequests(5) & FailureRate(0.5)` => `trip = closed & (min(10) & failure_rate(0.6)) | half_open & min(5) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(tripper = Closed() & (MinRequests(10) & FailureRate(0.6)) | HalfOpened() & MinRequests(5) & FailureRate(0.5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
