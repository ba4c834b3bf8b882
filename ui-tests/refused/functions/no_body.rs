// fix by hand: `    #[circuit_breaker]\n` => ``
use fluxgate::circuit_breaker;

trait Source {
    #[circuit_breaker]
    fn call(&self) -> Result<u32, fluxgate::CallNotPermitted>;
}

struct Network;

impl Source for Network {
    fn call(&self) -> Result<u32, fluxgate::CallNotPermitted> {
        Ok(1)
    }
}

fn main() {
    let _ = Network.call();
}
