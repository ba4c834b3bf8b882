// fix: `1h30m` => `90m`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(1h30m))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
