// fix by hand: `returned(true | false)` => `returned(false)`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = returned(true | false), rejected = |_| false)]
fn call() -> bool {
    true
}

fn main() {
    let _ = call();
}
