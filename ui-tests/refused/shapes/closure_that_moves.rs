// fix: `move |metrics| metrics.failures() > metrics.total() / 2` => `custom(|metrics| metrics.failures() > metrics.total() / 2)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = move |metrics| metrics.failures() > metrics.total() / 2)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
