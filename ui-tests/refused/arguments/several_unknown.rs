// fix by hand: `colour = "red", shape = 3, trp = failures(3)` => `trip = failures(3)`
use fluxgate::circuit_breaker;

#[circuit_breaker(colour = "red", shape = 3, trp = failures(3))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
