// fix by hand: `Result<T, String>` => `Result<T, Box<dyn std::error::Error + Send + Sync>>`
use fluxgate::circuit_breaker;

type Reply<T> = Result<T, String>;

#[circuit_breaker(retry = cooldown(5s))]
fn call() -> Reply<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
