// fix by hand: `(executionTimeoutInMilliseconds = 1000)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(executionTimeoutInMilliseconds = 1000)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
