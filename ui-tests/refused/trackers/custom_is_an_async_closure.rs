// fix by hand: `async |error|` => `|error|`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = custom(async |error| error.kind() == std::io::ErrorKind::TimedOut))]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
