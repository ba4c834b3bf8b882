// fix by hand: `#[circuit_breaker]\n` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker]
use std::fmt::Debug;

fn main() {
    let _: &dyn Debug = &1;
}
