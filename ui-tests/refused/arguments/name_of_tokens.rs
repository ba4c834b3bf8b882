// fix: `name = a b` => `name = "payments"`
use fluxgate::circuit_breaker;

#[circuit_breaker(name = a b)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
