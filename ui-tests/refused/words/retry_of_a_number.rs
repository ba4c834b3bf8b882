// fix: `60` => `cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = 60)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
