use async_trait::async_trait;
use fluxgate::circuit_breaker;

struct Client {
    last: u32,
}

#[async_trait]
trait Source {
    async fn call(&mut self) -> std::io::Result<u32>;
}

#[async_trait]
impl Source for Client {
    #[circuit_breaker(fallback = |_| Ok(self.last))]
    async fn call(&mut self) -> std::io::Result<u32> {
        self.last += 1;
        Ok(self.last)
    }
}

fn main() {
    let _ = Client { last: 1 }.call();
}
