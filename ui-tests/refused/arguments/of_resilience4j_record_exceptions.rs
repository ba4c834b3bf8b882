// fix: `recordExceptions = [std::io::Error]` => `success = !type_of(std::io::Error)`
use fluxgate::circuit_breaker;

#[circuit_breaker(recordExceptions = [std::io::Error])]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
