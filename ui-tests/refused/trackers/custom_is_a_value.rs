// fix by hand: `custom(true)` => `all`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = custom(true))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
