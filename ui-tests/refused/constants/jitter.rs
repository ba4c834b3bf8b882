// fix by hand: `1.0` => `0.1`
use fluxgate::circuit_breaker;

const SHARE: f64 = 1.0;

#[circuit_breaker(retry = cooldown(60s, jitter = SHARE))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
