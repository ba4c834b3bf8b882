// fix: `maxWaitDurationInHalfOpenState = 5m` => `half_open_timeout = 5m`
use fluxgate::circuit_breaker;

#[circuit_breaker(maxWaitDurationInHalfOpenState = 5m)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
