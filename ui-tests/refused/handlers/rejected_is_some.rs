// fix: `Some(1)` => `|_| Ok(Some(1))`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = Some(1))]
fn call() -> std::io::Result<Option<u32>> {
    Ok(Some(2))
}

fn main() {
    let _ = call();
}
