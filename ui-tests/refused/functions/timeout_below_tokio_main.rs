// fix by hand: `#[tokio::main]\n#[circuit_breaker(timeout = 2s)]` => `#[circuit_breaker(timeout = 2s)]\n#[tokio::main]`
use fluxgate::circuit_breaker;

#[tokio::main]
#[circuit_breaker(timeout = 2s)]
async fn start() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = start();
}
