// fix by hand: `#[circuit_breaker]\ntype` => `type`
use fluxgate::circuit_breaker;

#[circuit_breaker]
type Answer = std::io::Result<u32>;

#[circuit_breaker]
fn call() -> Answer {
    Ok(1)
}

fn main() {
    let _ = call();
}
