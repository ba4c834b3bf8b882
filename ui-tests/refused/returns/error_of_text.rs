// fix by hand: `Result<u32, String>` => `Result<u32, Box<dyn std::error::Error + Send + Sync>>`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> Result<u32, String> {
    Ok(1)
}

fn main() {
    let _ = call();
}
