// fix: `window = cooldown(60s)` => `retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = cooldown(60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
