// fix: `0.5` => `2.0`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = backoff(10s, multiplier = 0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
