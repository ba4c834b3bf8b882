// fix: `|| Ok` => `|_| Ok`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = || Ok(0))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
