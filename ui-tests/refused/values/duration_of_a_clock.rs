// fix: `"00:01:30"` => `90s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown("00:01:30"))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
