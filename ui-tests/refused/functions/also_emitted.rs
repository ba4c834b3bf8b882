// fix by hand: `failure_rat(0.5)` => `min(10) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_rat(0.5))]
fn call(number: u32) -> Result<u32, fluxgate::CallNotPermitted> {
    Ok(number)
}

fn main() {
    // No error here: the function is there.
    let _: u32 = call(1).unwrap();
}
