// fix: `breaker(name = "payments", trip = failures(5))` => `name = "payments", trip = failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(breaker(name = "payments", trip = failures(5)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
