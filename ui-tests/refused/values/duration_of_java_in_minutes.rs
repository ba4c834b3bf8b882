// fix: `Duration.ofMinutes(1)` => `1m`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(Duration.ofMinutes(1)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
