// fix by hand: `60s` => `60`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(60s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
