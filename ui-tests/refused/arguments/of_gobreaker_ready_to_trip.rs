// fix: `ReadyToTrip = |counts| counts.failure_streak() > 5` => `trip = failure_streak(6)`
use fluxgate::circuit_breaker;

#[circuit_breaker(ReadyToTrip = |counts| counts.failure_streak() > 5)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
