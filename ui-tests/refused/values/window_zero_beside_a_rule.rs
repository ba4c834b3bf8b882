// fix by hand: `count(0)` => `count(500)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(0), trip = min(200) & failure_rate(0.5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
