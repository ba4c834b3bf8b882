// fix by hand: `, jitter = 0.2` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(60s, jitter = 0.1, jitter = 0.2))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
