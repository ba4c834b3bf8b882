// fix: `panic!("refused")` => `|_| panic!("refused")`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = panic!("refused"))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
