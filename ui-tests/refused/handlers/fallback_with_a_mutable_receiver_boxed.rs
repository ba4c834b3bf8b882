// fix by hand: `&'a mut self` => `&'a self`
use fluxgate::circuit_breaker;
use std::future::Future;
use std::pin::Pin;

struct Client {
    last: u32,
}

impl Client {
    #[circuit_breaker(trip = failure_streak(5), fallback = |_| Ok(self.last))]
    fn call<'a>(&'a mut self) -> Pin<Box<dyn Future<Output = std::io::Result<u32>> + Send + 'a>> {
        Box::pin(async move { Ok(self.last) })
    }
}

fn main() {
    let _ = Client { last: 1 }.call();
}
