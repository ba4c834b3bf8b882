// fix: `exponential` => `backoff`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = exponential(10s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
