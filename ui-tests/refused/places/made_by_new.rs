use fluxgate::{CircuitBreaker, Keyed};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

fn hosts() -> Keyed<String> {
    Keyed::new("hosts")
}

fn main() {
    let _ = (PAYMENTS.state(), hosts());
}
