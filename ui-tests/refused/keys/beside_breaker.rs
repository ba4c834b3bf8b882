// fix by hand: `breaker = SERVICE, key = host` => `key = host`
use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static SERVICE: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = SERVICE, key = host)]
fn fetch(host: &str) -> std::io::Result<String> {
    Ok(host.to_owned())
}

fn main() {
    let _ = (fetch("a"), SERVICE.state());
}
