// fix: `1` => `2`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5) | in_flight(1))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
