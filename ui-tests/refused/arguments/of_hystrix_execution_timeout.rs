// fix: `executionTimeoutInMilliseconds = 1000` => `timeout = 1000ms`
use fluxgate::circuit_breaker;

#[circuit_breaker(executionTimeoutInMilliseconds = 1000)]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
