// fix by hand: `<E>` => `<E: From<fluxgate::CallNotPermitted>>`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = |_| Ok(0))]
fn call<E>(error: E) -> Result<u32, E> {
    Err(error)
}

fn main() {
    let _ = call(std::io::Error::other("down"));
}
