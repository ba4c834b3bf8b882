// fix: `= 0` => `= |_| Ok(0)`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = 0)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
