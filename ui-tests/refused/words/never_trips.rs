// fix by hand: `never` => `failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = never)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
