// fix by hand: `impl<E> Client<E>` => `impl<E: From<fluxgate::CallNotPermitted>> Client<E>`
use fluxgate::circuit_breaker;

pub struct Client<E>(fn() -> E);

impl<E> Client<E> {
    #[circuit_breaker]
    fn call(&self) -> Result<u32, E> {
        Err((self.0)())
    }
}

fn main() {
    let _ = Client(|| std::io::Error::other("down")).call();
}
