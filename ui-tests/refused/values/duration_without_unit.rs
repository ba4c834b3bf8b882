// fix by hand: `cooldown(60)` => `cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(60))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
