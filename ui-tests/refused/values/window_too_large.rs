// fix: `2000000` => `1000000`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(2000000))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
