// fix by hand: `jitter(0.1)` => `jitter = 0.1`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(60s, jitter(0.1)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
