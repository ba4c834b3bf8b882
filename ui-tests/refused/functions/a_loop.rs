// fix by hand: `#[circuit_breaker]\n    for` => `for`
use fluxgate::circuit_breaker;

fn main() {
    #[circuit_breaker]
    for _ in 0..1 {}
}
