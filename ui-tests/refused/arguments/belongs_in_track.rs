// fix: `trip = matches(_)` => `track = matches(_)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = matches(_))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
