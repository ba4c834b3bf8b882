// fix: `random(0.0001)` => `random(1%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(permit = random(0.0001))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
