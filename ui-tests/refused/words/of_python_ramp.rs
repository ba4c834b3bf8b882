// fix: `RampUp(initial=0.1, final=1.0, duration=60)` => `ramp_up(0.1, 1.0, 60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(permit = RampUp(initial=0.1, final=1.0, duration=60))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
