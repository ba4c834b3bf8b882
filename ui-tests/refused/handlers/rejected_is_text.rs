// fix: `"not now"` => `|_| Err("not now".into())`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = "not now")]
fn call() -> Result<(), Box<dyn std::error::Error>> {
    Ok(())
}

fn main() {
    let _ = call();
}
