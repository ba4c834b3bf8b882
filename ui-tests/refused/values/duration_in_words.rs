// fix: `60 seconds` => `60s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(60 seconds))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
