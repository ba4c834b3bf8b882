// fix: `std::fmt::Error` => `type_of(std::fmt::Error)`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = std::fmt::Error)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
