// fix: `rollingCountTimeout = 10000, rollingCountBuckets = 10` => `window = time(10000ms, buckets = 10)`
use fluxgate::circuit_breaker;

#[circuit_breaker(rollingCountTimeout = 10000, rollingCountBuckets = 10)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
