// fix by hand: `#[circuit_breaker]\n    let` => `let`
use fluxgate::circuit_breaker;

fn main() {
    #[circuit_breaker]
    let number = 1;
    let _ = number;
}
