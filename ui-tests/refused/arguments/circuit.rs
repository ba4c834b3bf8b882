// fix: `circuit = PAYMENTS` => `breaker = PAYMENTS`
use fluxgate::circuit_breaker;

pub static PAYMENTS: fluxgate::CircuitBreaker = fluxgate::breaker!(trip = failures(5));

#[circuit_breaker(circuit = PAYMENTS)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = &PAYMENTS;
}
