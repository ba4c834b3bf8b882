// fix: `handle = 5` => `handle = PAYMENTS`
use fluxgate::circuit_breaker;

#[circuit_breaker(handle = 5)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
