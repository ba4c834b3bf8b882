// fix: `bucket` => `buckets`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(60s, bucket = 6))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
