// fix by hand: `#[circuit_breaker]\n#[maybe_async::must_be_sync]` => `#[maybe_async::must_be_sync]\n#[circuit_breaker]`
use fluxgate::circuit_breaker;

#[circuit_breaker]
#[maybe_async::must_be_sync]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
