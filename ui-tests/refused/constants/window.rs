// fix by hand: `2_000_000` => `2_000`
use fluxgate::circuit_breaker;
use std::time::Duration;

const SIZE: usize = 2_000_000;

#[circuit_breaker(window = count(SIZE))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
