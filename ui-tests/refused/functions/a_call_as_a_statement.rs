// fix by hand: `#[circuit_breaker]\n    call()` => `call()`
use fluxgate::circuit_breaker;

fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    #[circuit_breaker]
    call().unwrap();
}
