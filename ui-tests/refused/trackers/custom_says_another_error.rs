// fix by hand: `|error: std::io::Error|` => `|error: &std::io::Error|`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = custom(|error: std::io::Error| error.kind() == std::io::ErrorKind::TimedOut))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
