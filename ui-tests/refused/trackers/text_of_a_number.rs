// fix by hand: `returned("0")` => `returned(0)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(track = returned("0"), rejected = |_: CallNotPermitted| 0)]
fn call() -> u32 {
    1
}

fn main() {
    let _ = call();
}
