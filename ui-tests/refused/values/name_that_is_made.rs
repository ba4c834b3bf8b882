use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

#[circuit_breaker(name = format!("prices of {}", host))]
fn fetch(host: &str) -> Result<usize, CallNotPermitted> {
    Ok(host.len())
}

fn of(host: &str) -> CircuitBreaker {
    breaker!(name = std::format!("prices of {host}"), trip = failure_streak(3))
}

fn main() {
    let _ = (fetch(""), of(""));
}
