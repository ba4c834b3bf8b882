// fix by hand: `fn call() -> std::io::Result<u32> {` => `async fn call() -> std::io::Result<u32> {`
use fluxgate::circuit_breaker;

#[circuit_breaker(timeout = 2s)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
