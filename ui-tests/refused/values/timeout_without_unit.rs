// fix by hand: `= 300` => `= 300s`
use fluxgate::circuit_breaker;

#[circuit_breaker(half_open_timeout = 300)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
