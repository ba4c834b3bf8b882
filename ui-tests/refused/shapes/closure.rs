// fix: `|metrics| metrics.total() > 10 && metrics.failures() > metrics.total() / 2` => `custom(|metrics| metrics.total() > 10 && metrics.failures() > metrics.total() / 2)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = |metrics| metrics.total() > 10 && metrics.failures() > metrics.total() / 2)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
