// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = returned(None), rejected = |_| None)]`
use fluxgate::circuit_breaker;

#[circuit_breaker]
async fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
