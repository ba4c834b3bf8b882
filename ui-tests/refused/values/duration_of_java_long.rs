// fix: `30000L` => `30000ms`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(30000L))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
