// fix: `cached()?` => `|_| cached()?`
use fluxgate::circuit_breaker;

fn cached() -> std::io::Result<std::io::Result<u32>> {
    Ok(Ok(2))
}

#[circuit_breaker(fallback = cached()?)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
