// fix by hand: `fallback = cached` => `fallback = |error| Ok(cached(error))`
use fluxgate::circuit_breaker;

fn cached(_: std::io::Error) -> u32 {
    2
}

#[circuit_breaker(fallback = cached)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
