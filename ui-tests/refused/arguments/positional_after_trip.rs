// fix: `cooldown(30s)` => `retry = cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5), cooldown(30s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
