// fix by hand: `track = none` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(track = none)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
