// fix: `fail_max = 5, reset_timeout = 60` => `trip = failure_streak(5), retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(fail_max = 5, reset_timeout = 60)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
