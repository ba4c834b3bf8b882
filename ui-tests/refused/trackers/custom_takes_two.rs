// fix by hand: `|error, _|` => `|error|`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = custom(|error, _| error.kind() == std::io::ErrorKind::TimedOut))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
