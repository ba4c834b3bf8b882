// fix: `handledEventsAllowedBeforeBreaking = 2, durationOfBreak = 1m` => `trip = failure_streak(2), retry = cooldown(1m)`
use fluxgate::circuit_breaker;

#[circuit_breaker(handledEventsAllowedBeforeBreaking = 2, durationOfBreak = 1m)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
