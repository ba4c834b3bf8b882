// fix by hand: `buckets = 10` => `buckets = 1`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(1us, buckets = 10))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
