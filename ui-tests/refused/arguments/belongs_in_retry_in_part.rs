// fix: `trip = failures(5) & cooldown(60s)` => `trip = failures(5), retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5) & cooldown(60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
