// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = returned(0), rejected = |_| 0)]`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> u32 {
    1
}

fn main() {
    let _ = call();
}
