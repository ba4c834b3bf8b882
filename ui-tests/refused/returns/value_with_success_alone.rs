// fix by hand: `success = returned(Some(1))` => `success = returned(Some(1)), track = returned(None)`
use fluxgate::circuit_breaker;

#[circuit_breaker(success = returned(Some(1)), rejected = |_| None)]
fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
