// fix: `1d` => `24h`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(1d))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
