// fix: `failOn = std::io::Error.class` => `success = !type_of(std::io::Error)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failOn = std::io::Error.class)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
