// fix: `"std::fmt::Error"` => `std::fmt::Error`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = type_of("std::fmt::Error"))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
