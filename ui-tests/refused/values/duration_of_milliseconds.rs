// fix by hand: `cooldown(30000)` => `cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(30000))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
