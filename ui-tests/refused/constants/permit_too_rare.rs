// fix by hand: `0.001` => `0.01`
use fluxgate::circuit_breaker;

const SHARE: f64 = 0.001;

#[circuit_breaker(permit = random(SHARE))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
