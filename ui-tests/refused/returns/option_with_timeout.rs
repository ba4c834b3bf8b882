// fix by hand: `timeout = 2s, ` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(timeout = 2s, track = returned(None), rejected = |_| None)]
async fn call() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = call();
}
