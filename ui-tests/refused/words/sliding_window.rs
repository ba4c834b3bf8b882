// fix: `sliding` => `count`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = sliding(100))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
