// fix by hand: `0.999999;` => `0.9;`
use fluxgate::circuit_breaker;

const SHARE: f64 = 0.999999;

#[circuit_breaker(window = time(60s), trip = failure_rate(SHARE, sure = 95%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
