// fix: `1m 30s` => `90s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(1m 30s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
