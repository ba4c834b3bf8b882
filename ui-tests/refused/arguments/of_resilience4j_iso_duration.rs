// fix: `waitDurationInOpenState = "PT30S"` => `retry = cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(waitDurationInOpenState = "PT30S")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
