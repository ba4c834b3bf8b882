// fix by hand: `失敗(1) | fialures` => `failures`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "失敗(1) | fialures(5)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
