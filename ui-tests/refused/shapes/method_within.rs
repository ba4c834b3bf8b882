// fix by hand: `trip = failures(5).within(60s)` => `trip = failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5).within(60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
