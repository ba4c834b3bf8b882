// fix: `sliding(100)` => `count(100)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = sliding(100))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
