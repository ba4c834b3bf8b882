// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = returned(0), rejected = |_| 0)]`
use fluxgate::circuit_breaker;

use std::future::Future;

#[circuit_breaker]
fn call() -> impl Future<Output = u32> {
    async { 1 }
}

fn main() {
    let _ = call();
}
