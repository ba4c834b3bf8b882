// fix: `10k` => `10000`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(10k))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
