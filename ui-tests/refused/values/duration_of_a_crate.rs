// fix: `45.secs()` => `45s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(45.secs()))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
