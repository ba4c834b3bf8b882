// fix by hand: `-> Option<u32> {\n    Some(1)` => `-> std::io::Result<u32> {\n    Ok(1)`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
