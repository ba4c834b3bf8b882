// fix by hand: `const fn` => `fn`
use fluxgate::circuit_breaker;

#[circuit_breaker]
const fn call() -> Result<u32, fluxgate::CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = call();
}
