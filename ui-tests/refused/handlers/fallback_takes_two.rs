// fix by hand: `|error, attempt|` => `|error|`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = |error, attempt| Err(error))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
