// fix by hand: `    #[circuit_breaker]\n    const` => `    const`
use fluxgate::circuit_breaker;

struct Client;

impl Client {
    #[circuit_breaker]
    const LIMIT: u32 = 5;

    #[circuit_breaker]
    fn call() -> std::io::Result<u32> {
        Ok(Self::LIMIT)
    }
}

fn main() {
    let _ = Client::call();
    let _ = Client;
}
