// fix: `(count, 50)` => `count(50)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = (count, 50))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
