// fix: `failure_policy = consecutive_failures(3, constant(30s))` => `retry = cooldown(30s), trip = failure_streak(3)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failure_policy = consecutive_failures(3, constant(30s)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
