// fix: `None` => `|_| Ok(None)`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = None)]
fn call() -> std::io::Result<Option<u32>> {
    Ok(Some(1))
}

fn main() {
    let _ = call();
}
