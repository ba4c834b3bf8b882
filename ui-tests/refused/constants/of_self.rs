// fix by hand: `Self::MOST` => `Client::MOST`
use fluxgate::circuit_breaker;

struct Client;

impl Client {
    const MOST: u32 = 5;

    #[circuit_breaker(trip = failures(Self::MOST))]
    fn call(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.call();
}
