// fix by hand: `WINDOW` => `count(10)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = "WINDOW")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
