// fix: `"call_another"` => `call_another`
use fluxgate::circuit_breaker;

fn call_another(_: std::io::Error) -> std::io::Result<u32> {
    Ok(2)
}

#[circuit_breaker(fallback = "call_another")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
