// fix: `c"failures(5)"` => `failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = c"failures(5)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
