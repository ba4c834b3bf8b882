// fix: `open_duration = 60s` => `retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(open_duration = 60s)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
