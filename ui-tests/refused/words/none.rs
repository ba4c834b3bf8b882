// fix: `none` => `never`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = none)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
