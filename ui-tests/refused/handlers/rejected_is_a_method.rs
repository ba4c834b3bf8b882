// fix by hand: `rejected = Self::cached` => `rejected = |_| self.cached()`
use fluxgate::circuit_breaker;

struct Client;

impl Client {
    #[circuit_breaker(rejected = Self::cached)]
    fn call(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    fn cached(&self) -> std::io::Result<u32> {
        Ok(2)
    }
}

fn main() {
    let _ = (Client.call(), Client.cached());
}
