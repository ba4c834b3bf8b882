// fix: `1.0` => `0.99`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(60s, jitter = 1.0))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
