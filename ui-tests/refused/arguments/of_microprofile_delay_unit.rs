// fix: `delay = 5, delayUnit = ChronoUnit.SECONDS` => `retry = cooldown(5s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(delay = 5, delayUnit = ChronoUnit.SECONDS)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
