// fix: `with_failure_threshold(3, 5)` => `trip = failures(3), window = count(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(with_failure_threshold(3, 5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
