// fix: `trip when 5 failures in a row` => `failure_streak(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "trip when 5 failures in a row")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
