// fix: `on_error = |_| Ok(0)` => `fallback = |_| Ok(0)`
use fluxgate::circuit_breaker;

#[circuit_breaker(on_error = |_| Ok(0))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
