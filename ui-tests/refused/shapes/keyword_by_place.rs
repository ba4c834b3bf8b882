// fix by hand: `6)` => `buckets = 6)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = time(60s, 6))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
