// fix by hand: `name = ""` => `name = "payments"`
use fluxgate::circuit_breaker;

#[circuit_breaker(name = "")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
