// fix: `retry = time(60s)` => `window = time(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = time(60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
