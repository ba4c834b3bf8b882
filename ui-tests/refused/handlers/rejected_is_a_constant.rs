// fix by hand: `rejected = UNKNOWN` => `rejected = |_| UNKNOWN`
use fluxgate::circuit_breaker;

const UNKNOWN: Option<u32> = None;

#[circuit_breaker(track = returned(None), rejected = UNKNOWN)]
fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
