// fix: `rampup` => `ramp_up`
use fluxgate::circuit_breaker;

#[circuit_breaker(permit = rampup(0.1, 1.0, 60s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
