// fix: `count(60s)` => `time(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
