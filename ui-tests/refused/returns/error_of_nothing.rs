// fix by hand: `retry = cooldown(5s)` => `rejected = |_| Err(())`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(5s))]
fn call() -> Result<u32, ()> {
    Ok(1)
}

fn main() {
    let _ = call();
}
