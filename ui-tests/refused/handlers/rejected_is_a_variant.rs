// fix by hand: `rejected = Option::Some` => `rejected = |_| None`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = returned(None), rejected = Option::Some)]
fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
