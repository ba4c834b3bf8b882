// fix: `cooldown(30, TimeUnit.SECONDS)` => `cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(30, TimeUnit.SECONDS))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
