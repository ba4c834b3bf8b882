// fix by hand: `String` => `std::io::Error`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = async |error: String| Ok(error.to_string().len() as u32))]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
