// fix by hand: `()` => `(_: std::time::Duration)`
use fluxgate::circuit_breaker;

fn is_night() -> bool {
    true
}

#[circuit_breaker(permit = custom(is_night))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
