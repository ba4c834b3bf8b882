// fix by hand: `count(0)` => `count(1)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(0))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
