// fix: `5min` => `5m`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(5min))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
