// fix: `window = { type: "count", size: 50 }` => `window = count(50)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = { type: "count", size: 50 })]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
