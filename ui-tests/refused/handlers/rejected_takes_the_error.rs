// fix by hand: `std::io::Error` => `fluxgate::CallNotPermitted`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = |error: std::io::Error| Err(std::io::Error::other(error)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
