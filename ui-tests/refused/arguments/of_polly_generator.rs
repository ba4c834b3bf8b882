// fix: `BreakDurationGenerator = pause` => `retry = custom(pause)`
use fluxgate::circuit_breaker;

fn pause(reopens: u32) -> std::time::Duration {
    std::time::Duration::from_secs(reopens.into())
}

#[circuit_breaker(BreakDurationGenerator = pause)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = pause(1);
}
