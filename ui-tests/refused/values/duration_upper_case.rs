// fix: `5M` => `5m`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(5M))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
