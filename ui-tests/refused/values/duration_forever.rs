// fix: `never` => `5m`
use fluxgate::circuit_breaker;

#[circuit_breaker(half_open_timeout = never)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
