// fix by hand: `failures(20)` => `failures(10)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(10), trip = failures(20))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
