// fix: `1.0, 0.1` => `0.1, 1.0`
use fluxgate::circuit_breaker;

#[circuit_breaker(permit = ramp_up(1.0, 0.1, 60s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
