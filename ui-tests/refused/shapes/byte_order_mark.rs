// fix by hand: `trip = "\u{feff}failures(5)"` => `trip = "failures(5)"`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "\u{feff}failures(5)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
