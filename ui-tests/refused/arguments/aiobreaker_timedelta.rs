// fix: `timeout_duration = timedelta(seconds=60)` => `retry = cooldown(1m)`
use fluxgate::circuit_breaker;

#[circuit_breaker(timeout_duration = timedelta(seconds=60))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
