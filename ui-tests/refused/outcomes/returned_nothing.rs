// fix by hand: `!returned(_)` => `!returned(1..)`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = !returned(_), rejected = |_| 0)]
fn call() -> u32 {
    1
}

fn main() {
    let _ = call();
}
