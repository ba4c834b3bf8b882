// fix: `failed` => `failure`
use fluxgate::circuit_breaker;

#[circuit_breaker(on_panic = failed)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
