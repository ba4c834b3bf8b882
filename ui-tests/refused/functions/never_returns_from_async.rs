// fix by hand: `-> !` => `-> std::io::Result<()>`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = |_| Err(std::io::ErrorKind::Other.into()))]
async fn call() -> ! {
    loop {
        std::future::ready(()).await;
    }
}

fn main() {
    drop(call());
}
