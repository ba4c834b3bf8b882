// fix: `retry::backof` => `backoff`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = retry::backof(10s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
