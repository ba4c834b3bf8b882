// fix: `cooldown(duration = 45)` => `cooldown(45s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(duration = 45))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
