// fix by hand: `Default::default()` => `|_| true`
use fluxgate::circuit_breaker;

#[circuit_breaker(permit = custom(Default::default()))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
