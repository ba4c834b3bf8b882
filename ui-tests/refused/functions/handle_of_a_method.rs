// fix by hand: `(handle = CALL)` => ``
use fluxgate::circuit_breaker;

struct Client;

impl Client {
    #[circuit_breaker(handle = CALL)]
    fn call(&self) -> Result<u32, fluxgate::CallNotPermitted> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.call();
}
