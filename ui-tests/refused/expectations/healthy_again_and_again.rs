// fix: `failures(5)` => `failures(17)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5), normal = 5%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
