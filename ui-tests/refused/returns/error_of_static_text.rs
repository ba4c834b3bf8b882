// fix by hand: `retry = cooldown(5s)` => `rejected = |_| Err("refused")`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(5s))]
fn call() -> Result<u32, &'static str> {
    Ok(1)
}

fn main() {
    let _ = call();
}
