// fix by hand: `fallback = cached` => `fallback = |_| cached(0)`
use fluxgate::circuit_breaker;

fn cached(key: u32) -> std::io::Result<u32> {
    Ok(key)
}

#[circuit_breaker(fallback = cached)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
