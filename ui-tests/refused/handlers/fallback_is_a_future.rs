// fix by hand: `async { Ok(0) }` => `async |_| Ok(0)`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = async { Ok(0) })]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
