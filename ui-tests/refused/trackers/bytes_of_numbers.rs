// fix by hand: `ok(b"no")` => `ok(numbers if numbers.is_empty())`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(track = ok(b"no"))]
fn call() -> Result<Vec<u32>, CallNotPermitted> {
    Ok(vec![])
}

fn main() {
    let _ = call();
}
