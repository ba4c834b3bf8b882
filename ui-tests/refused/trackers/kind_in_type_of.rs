// fix: `type_of(std::io::ErrorKind::TimedOut)` => `custom(|error| error.kind() == std::io::ErrorKind::TimedOut)`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = type_of(std::io::ErrorKind::TimedOut))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
