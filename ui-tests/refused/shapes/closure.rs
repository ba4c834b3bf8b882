// fix: `|metrics| metrics.total() > 10 && metrics.failures() > 3` => `custom(|metrics| metrics.total() > 10 && metrics.failures() > 3)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = |metrics| metrics.total() > 10 && metrics.failures() > 3)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
