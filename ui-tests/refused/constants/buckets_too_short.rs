// fix by hand: `from_micros(5)` => `from_micros(500)`
use fluxgate::circuit_breaker;

const LENGTH: std::time::Duration = std::time::Duration::from_micros(5);

#[circuit_breaker(window = time(LENGTH, buckets = 10))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
