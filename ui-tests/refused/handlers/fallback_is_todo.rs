// fix: `todo!()` => `|_| todo!()`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = todo!())]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
