// fix: `|| true` => `|_| true`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(0.5) | custom(|| true))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
