// fix: `crate = "fluxgate"` => `crate = ::fluxgate`
use fluxgate::circuit_breaker;

#[circuit_breaker(crate = "fluxgate")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
