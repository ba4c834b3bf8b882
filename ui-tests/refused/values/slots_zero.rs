// fix by hand: `= 0` => `= 1`
use fluxgate::circuit_breaker;

#[circuit_breaker(max_half_open_calls = 0)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
