// fix: `60 * time.Second` => `1m`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(60 * time.Second))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
