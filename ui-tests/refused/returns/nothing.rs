// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = returned(()), rejected = |_| ())]`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() {
    println!();
}

fn main() {
    let _ = call();
}
