// fix: `Default::default()` => `|_| Ok(Default::default())`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = Default::default())]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
