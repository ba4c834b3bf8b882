// fix by hand: `-> u32 { 0 }` => `-> std::io::Result<u32> { Ok(0) }`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = |_| -> u32 { 0 })]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
