// fix by hand: `crate = ::std` => `crate = ::fluxgate`
use fluxgate::circuit_breaker;

#[circuit_breaker(crate = ::std, trip = failure_streak(5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
