// fix by hand: `key = host` => ``
use fluxgate::{CircuitBreaker, breaker};

static HOSTS: CircuitBreaker = breaker!(key = host);

fn main() {
    let _ = HOSTS.state();
}
