// fix: `CircuitBreaker::builder("payments").trip(failures(5)).retry(cooldown(30s))` => `name = "payments", trip = failures(5), retry = cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(CircuitBreaker::builder("payments").trip(failures(5)).retry(cooldown(30s)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
