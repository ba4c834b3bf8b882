// fix: `std::time::Duration::from_secs(60)` => `cooldown(std::time::Duration::from_secs(60))`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = std::time::Duration::from_secs(60))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
