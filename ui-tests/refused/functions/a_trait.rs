// fix by hand: `#[circuit_breaker]\ntrait` => `trait`
use fluxgate::circuit_breaker;

#[circuit_breaker]
trait Client {
    fn call(&self) -> std::io::Result<u32>;
}

impl Client for u32 {
    #[circuit_breaker]
    fn call(&self) -> std::io::Result<u32> {
        Ok(*self)
    }
}

fn main() {
    let _ = 1.call();
}
