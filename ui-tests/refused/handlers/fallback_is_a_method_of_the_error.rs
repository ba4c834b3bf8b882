// fix by hand: `fallback = std::io::Error::kind` => `fallback = |error| Err(error.kind().into())`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = std::io::Error::kind)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
