// fix: `SamplingDuration = TimeSpan.FromSeconds(10), BreakDuration = TimeSpan.FromMinutes(1)` => `window = time(10s), retry = cooldown(1m)`
use fluxgate::circuit_breaker;

#[circuit_breaker(SamplingDuration = TimeSpan.FromSeconds(10), BreakDuration = TimeSpan.FromMinutes(1))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
