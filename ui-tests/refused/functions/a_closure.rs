// fix by hand: `#[circuit_breaker] || 1` => `|| 1`
use fluxgate::circuit_breaker;

fn main() {
    let call = #[circuit_breaker] || 1;
    let _ = call();
}
