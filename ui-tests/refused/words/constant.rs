// fix by hand: `RULE` => `failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = RULE)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
