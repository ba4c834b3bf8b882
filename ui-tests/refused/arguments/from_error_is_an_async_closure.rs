// fix by hand: `async |_|` => `|_|`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = from_error(async |_| None, otherwise = cooldown(30s)))]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
