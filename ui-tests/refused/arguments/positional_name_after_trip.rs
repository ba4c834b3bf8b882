// fix: `"payments"` => `name = "payments"`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5), "payments")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
