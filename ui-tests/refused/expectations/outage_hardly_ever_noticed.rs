// fix: `failures(20)` => `failures(4)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(20), outage = 10%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
