// fix by hand: `&mut self` => `&self`
use fluxgate::circuit_breaker;

struct Client {
    last: u32,
}

impl Client {
    #[circuit_breaker(trip = failure_streak(5), fallback = |_| Ok(self.last))]
    async fn call(&mut self) -> std::io::Result<u32> {
        Ok(self.last)
    }
}

fn main() {
    let _ = Client { last: 1 }.call();
}
