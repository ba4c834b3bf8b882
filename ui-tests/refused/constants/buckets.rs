// fix by hand: `5_000` => `50`
use fluxgate::circuit_breaker;

const BUCKETS: usize = 5_000;

#[circuit_breaker(window = time(60s, buckets = BUCKETS))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
