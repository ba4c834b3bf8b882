// fix: `BucketPeriod = 10s` => `window = time(100s, buckets = 10)`
use fluxgate::circuit_breaker;

#[circuit_breaker(BucketPeriod = 10s)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
