// fix: `more than 50% of calls fail` => `min(10) & failure_rate(50%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "more than 50% of calls fail")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
