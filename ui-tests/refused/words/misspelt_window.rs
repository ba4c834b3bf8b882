// fix: `cont` => `count`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = cont(100))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
