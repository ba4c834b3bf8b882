// fix: `fluxgate::Outcome::Ignore` => `ignore`
use fluxgate::circuit_breaker;

#[circuit_breaker(on_panic = fluxgate::Outcome::Ignore)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
