// fix by hand: `fallback = cached()` => `fallback = |_| cached()`
use fluxgate::circuit_breaker;

fn cached() -> std::io::Result<u32> {
    Ok(2)
}

#[circuit_breaker(fallback = cached())]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
