// fix by hand: `xor` => `|`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5) xor failure_streak(3))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
