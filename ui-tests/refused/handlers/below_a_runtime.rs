// fix by hand: `rejected = async |_| Ok(())` => `rejected = |_| Ok(())`
use fluxgate::{CallNotPermitted, circuit_breaker};

// As `#[tokio::main]` leaves an `async fn`.
#[circuit_breaker(rejected = async |_| Ok(()))]
fn start() -> Result<(), CallNotPermitted> {
    fn block_on<T>(_: impl Future<Output = T>) -> Result<(), CallNotPermitted> {
        Ok(())
    }
    block_on(async {})
}

fn main() {
    let _ = start();
}
