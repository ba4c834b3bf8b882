// fix: `permittedNumberOfCallsInHalfOpenState = 3` => `max_half_open_calls = 3`
use fluxgate::circuit_breaker;

#[circuit_breaker(permittedNumberOfCallsInHalfOpenState = 3)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
