// fix by hand: `fallback = cached` => `fallback = async |error| cached(error).await`
use fluxgate::circuit_breaker;

async fn cached(_: std::io::Error) -> std::io::Result<u32> {
    Ok(2)
}

#[circuit_breaker(fallback = cached)]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
