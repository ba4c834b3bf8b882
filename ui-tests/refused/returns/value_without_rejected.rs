// fix by hand: `returned(None)` => `returned(None), rejected = |_| None`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = returned(None))]
fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
