// fix: `waitDurationInOpenState = 60000` => `retry = cooldown(60000ms)`
use fluxgate::circuit_breaker;

#[circuit_breaker(waitDurationInOpenState = 60000)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
