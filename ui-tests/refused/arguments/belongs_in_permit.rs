// fix: `retry = ramp_up(0.1, 1.0, 60s)` => `permit = ramp_up(0.1, 1.0, 60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = ramp_up(0.1, 1.0, 60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
