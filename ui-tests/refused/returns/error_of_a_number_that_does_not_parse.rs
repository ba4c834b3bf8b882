// fix by hand: `std::num::ParseIntError>` => `fluxgate::Error<std::num::ParseIntError>>`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(5s))]
fn call() -> Result<u32, std::num::ParseIntError> {
    Ok(1)
}

fn main() {
    let _ = call();
}
