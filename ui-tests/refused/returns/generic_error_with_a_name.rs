// fix by hand: `impl<Failure> Client<Failure>` => `impl<Failure: From<fluxgate::CallNotPermitted>> Client<Failure>`
use fluxgate::circuit_breaker;

pub struct Client<Failure>(fn() -> Failure);

impl<Failure> Client<Failure> {
    #[circuit_breaker]
    fn call(&self) -> Result<u32, Failure> {
        Err((self.0)())
    }
}

fn main() {
    let _ = Client(|| std::io::Error::other("down")).call();
}
