// fix: `concurrent(50)` => `in_flight(50)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5) | concurrent(50))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
