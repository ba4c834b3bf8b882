// fix: `r#trip` => `trip`
use fluxgate::circuit_breaker;

#[circuit_breaker(r#trip = failures(5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
