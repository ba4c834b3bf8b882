// fix: `time(60s).buckets(6)` => `time(60s, buckets = 6)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(60s).buckets(6))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
