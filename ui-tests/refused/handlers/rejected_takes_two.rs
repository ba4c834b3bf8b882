// fix by hand: `|refusal, request|` => `|refusal|`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = |refusal, request| Err(std::io::Error::other(refusal)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
