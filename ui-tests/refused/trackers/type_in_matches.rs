// fix: `matches(std::io::Error)` => `type_of(std::io::Error)`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = matches(std::io::Error))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
