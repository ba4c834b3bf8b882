// fix by hand: `returned(Some(_) | None)` => `returned(None)`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = returned(Some(_) | None), rejected = |_| None)]
async fn call() -> Option<u32> {
    None
}

fn main() {
    let _ = call();
}
