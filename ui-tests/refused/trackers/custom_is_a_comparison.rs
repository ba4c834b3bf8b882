// fix by hand: `custom(1 > 0)` => `all`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = custom(1 > 0))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
