// fix: `anyhow::anyhow!("it is down")` => `|_| Err(anyhow::anyhow!("it is down"))`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = anyhow::anyhow!("it is down"))]
fn call() -> anyhow::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
