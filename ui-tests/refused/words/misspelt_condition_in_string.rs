// fix: `failure_rat` => `failure_rate`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "min(10) & failure_rat(0.5)")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
