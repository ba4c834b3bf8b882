// fix by hand: `#[circuit_breaker]\n` => ``
use fluxgate::circuit_breaker;

struct Client;

#[circuit_breaker]
impl Client {
    fn call(&self) -> Result<u32, fluxgate::CallNotPermitted> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.call();
}
