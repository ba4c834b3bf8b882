// fix by hand: `fallback = self.cached()` => `fallback = |_| self.cached()`
use fluxgate::circuit_breaker;

struct Client;

impl Client {
    #[circuit_breaker(fallback = self.cached())]
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
