// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = returned((_, Err(_))), rejected = |refusal| (0, Err(refusal.into())))]`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> (u32, std::io::Result<u32>) {
    (1, Ok(1))
}

fn main() {
    let _ = call();
}
