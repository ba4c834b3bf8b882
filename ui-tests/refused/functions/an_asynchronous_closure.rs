// fix by hand: `#[circuit_breaker] async move |number: u32| number` => `async move |number: u32| number`
use fluxgate::circuit_breaker;

fn main() {
    let call = #[circuit_breaker] async move |number: u32| number;
    let _ = call(1);
}
