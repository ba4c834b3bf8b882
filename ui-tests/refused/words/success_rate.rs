// fix: `success_rate(90%)` => `failure_rate(0.1)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & success_rate(90%))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
