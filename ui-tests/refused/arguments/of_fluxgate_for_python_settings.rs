// fix: `window = CountWindow(size=100), tripper = FailureStreak(5), retry = Cooldown(duration=60)` => `window = count(100), trip = failure_streak(5), retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = CountWindow(size=100), tripper = FailureStreak(5), retry = Cooldown(duration=60))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
