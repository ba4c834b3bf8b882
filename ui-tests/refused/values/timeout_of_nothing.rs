// fix: `0s` => `2s`
use fluxgate::circuit_breaker;

#[circuit_breaker(timeout = 0s)]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
