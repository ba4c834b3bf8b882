// fix: `60 s` => `60s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(60 s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
