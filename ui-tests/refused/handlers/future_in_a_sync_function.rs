// fix by hand: `async { Ok(0) }` => `Ok(0)`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = |_| async { Ok(0) })]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
