// fix by hand: `#[circuit_breaker]\nunsafe extern` => `unsafe extern`
use fluxgate::circuit_breaker;

#[circuit_breaker]
unsafe extern "C" {
    fn abs(number: i32) -> i32;
}

#[circuit_breaker(track = returned(0), rejected = |_| 0)]
fn call(number: i32) -> i32 {
    unsafe { abs(number) }
}

fn main() {
    let _ = call(-1);
}
