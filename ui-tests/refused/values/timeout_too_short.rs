// fix: `500us` => `1ms`
use fluxgate::circuit_breaker;

#[circuit_breaker(half_open_timeout = 500us)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
