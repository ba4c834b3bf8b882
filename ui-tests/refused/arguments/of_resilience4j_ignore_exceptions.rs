// fix: `ignoreExceptions = [std::io::Error, std::fmt::Error]` => `ignore = type_of(std::io::Error, std::fmt::Error)`
use fluxgate::circuit_breaker;

#[circuit_breaker(ignoreExceptions = [std::io::Error, std::fmt::Error])]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
