// fix: `Duration.ofSeconds(30)` => `cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = Duration.ofSeconds(30))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
