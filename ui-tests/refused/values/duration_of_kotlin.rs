// fix: `30.seconds` => `30s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(30.seconds))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
