// fix by hand: `#[track_caller]\n` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker]
#[track_caller]
fn call() -> Result<u32, fluxgate::CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = call();
}
