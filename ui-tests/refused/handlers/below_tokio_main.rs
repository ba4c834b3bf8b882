// fix by hand: `#[tokio::main]\n#[circuit_breaker(fallback = async |_| Ok(()))]` => `#[circuit_breaker(fallback = async |_| Ok(()))]\n#[tokio::main]`
use fluxgate::circuit_breaker;

#[tokio::main]
#[circuit_breaker(fallback = async |_| Ok(()))]
async fn start() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = start();
}
