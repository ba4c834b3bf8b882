// fix by hand: `1e3s` => `1000s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(1e3s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
