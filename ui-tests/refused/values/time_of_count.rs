// fix by hand: `time(100)` => `time(100s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(100))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
