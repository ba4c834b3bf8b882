// fix by hand: `rejected = cached` => `rejected = async |_| cached().await`
use fluxgate::circuit_breaker;

async fn cached() -> std::io::Result<u32> {
    Ok(2)
}

#[circuit_breaker(rejected = cached)]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
