// fix: ` retry` => `, retry`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5) retry = never)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
