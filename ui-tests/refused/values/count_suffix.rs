// fix: `5u32` => `5`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5u32))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
