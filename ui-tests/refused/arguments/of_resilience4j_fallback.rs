// fix: `fallbackMethod = "cached"` => `fallback = cached`
use fluxgate::circuit_breaker;

fn cached(_: std::io::Error) -> std::io::Result<u32> {
    Ok(2)
}

#[circuit_breaker(fallbackMethod = "cached")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = cached(std::io::ErrorKind::Other.into());
}
