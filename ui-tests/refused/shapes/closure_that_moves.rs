// fix: `move |metrics| metrics.failures() > 10` => `custom(|metrics| metrics.failures() > 10)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = move |metrics| metrics.failures() > 10)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
