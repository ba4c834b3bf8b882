// fix: `colldown` => `cooldown`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = colldown(60s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
