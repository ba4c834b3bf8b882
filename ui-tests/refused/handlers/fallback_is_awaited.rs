// fix: `self.cached().await` => `async |_| self.cached().await`
use fluxgate::circuit_breaker;

struct Client;

impl Client {
    #[circuit_breaker(fallback = self.cached().await)]
    async fn call(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    async fn cached(&self) -> std::io::Result<u32> {
        Ok(2)
    }
}

fn main() {
    let _ = (Client.call(), Client.cached());
}
