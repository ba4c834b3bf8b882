// fix by hand: `#[circuit_breaker]\n#[maybe_async::maybe_async]` => `#[maybe_async::maybe_async]\n#[circuit_breaker]`
use fluxgate::circuit_breaker;

#[circuit_breaker]
#[maybe_async::maybe_async]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
