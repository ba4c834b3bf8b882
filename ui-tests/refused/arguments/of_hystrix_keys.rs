// fix by hand: `commandKey = "user", groupKey = "users"` => `name = "user"`
use fluxgate::circuit_breaker;

#[circuit_breaker(commandKey = "user", groupKey = "users")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
