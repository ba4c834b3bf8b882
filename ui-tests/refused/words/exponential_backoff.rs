// fix: `exponential backoff(1s)` => `backoff(1s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = exponential backoff(1s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
