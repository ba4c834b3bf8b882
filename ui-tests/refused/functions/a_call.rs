// fix by hand: `#[circuit_breaker] call()` => `call()`
use fluxgate::circuit_breaker;

fn call() -> u32 {
    1
}

fn main() {
    let _ = #[circuit_breaker] call();
}
