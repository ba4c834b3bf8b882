// fix by hand: `<E>` => `<E: From<fluxgate::CallNotPermitted>>`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call<E>(error: E) -> Result<u32, E> {
    Err(error)
}

fn main() {
    let _ = call(std::io::Error::other("down"));
}
