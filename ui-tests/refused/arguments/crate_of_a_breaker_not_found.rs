// fix by hand: `::flux,` => `::fluxgate,`
use fluxgate::circuit_breaker;

static PAYMENTS: fluxgate::CircuitBreaker = fluxgate::breaker!(crate = ::flux, window = time(60s));

#[circuit_breaker(breaker = PAYMENTS)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
