// fix by hand: `#[circuit_breaker]\n    {` => `{`
use fluxgate::circuit_breaker;

fn main() {
    #[circuit_breaker]
    {
        let _ = 1;
    }
}
