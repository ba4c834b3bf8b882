// fix by hand: `count(50)` => `count(69)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(50), trip = failure_rate(90%, sure = 95%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
