// fix: `errorFilter = |error| error.kind() == std::io::ErrorKind::NotFound` => `success = custom(|error| error.kind() == std::io::ErrorKind::NotFound)`
use fluxgate::circuit_breaker;

#[circuit_breaker(errorFilter = |error| error.kind() == std::io::ErrorKind::NotFound)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
