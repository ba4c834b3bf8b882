// fix by hand: `#[tokio::main]\n#[circuit_breaker(rejected = |_| async { Ok(()) })]` => `#[circuit_breaker(rejected = async |_| Ok(()))]\n#[tokio::main]`
use fluxgate::circuit_breaker;

#[tokio::main]
#[circuit_breaker(rejected = |_| async { Ok(()) })]
async fn start() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = start();
}
