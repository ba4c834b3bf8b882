// fix: `window_size = 100` => `window = count(100)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window_size = 100)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
