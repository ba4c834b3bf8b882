// fix by hand: `Duration::ZERO` => `Duration::from_secs(5)`
use fluxgate::circuit_breaker;

const LONGEST: std::time::Duration = std::time::Duration::ZERO;

#[circuit_breaker(half_open_timeout = LONGEST)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
