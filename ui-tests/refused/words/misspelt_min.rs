// fix: `mim` => `min`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = mim(10) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
