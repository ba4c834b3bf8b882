// fix: `"PT1M30S"` => `90s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown("PT1M30S"))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
