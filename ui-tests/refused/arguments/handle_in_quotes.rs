// fix: `handle = "ORDERS"` => `handle = ORDERS`
use fluxgate::circuit_breaker;

#[circuit_breaker(handle = "ORDERS")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
