// fix: `5 failures in 60 seconds` => `failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "5 failures in 60 seconds")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
