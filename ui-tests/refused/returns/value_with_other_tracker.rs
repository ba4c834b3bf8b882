// fix by hand: `track = all` => `track = returned(None)`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = all, rejected = |_| None)]
fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
