// fix by hand: `colour = red` => `trip = failure_streak(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(colour = red)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
