// fix by hand: `(OnStateChange = |name, from, to| {})` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(OnStateChange = |name, from, to| {})]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
