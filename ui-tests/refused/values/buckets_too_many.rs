// fix: `5000` => `1000`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(60s, buckets = 5000))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
