// fix: `ShouldHandle = |error| error.kind() == std::io::ErrorKind::TimedOut` => `success = !custom(|error| error.kind() == std::io::ErrorKind::TimedOut)`
use fluxgate::circuit_breaker;

#[circuit_breaker(ShouldHandle = |error| error.kind() == std::io::ErrorKind::TimedOut)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
