// fix by hand: `(on_state_change = |_| ())` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(on_state_change = |_| ())]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
