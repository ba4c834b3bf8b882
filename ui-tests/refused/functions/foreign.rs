// fix by hand: `    #[circuit_breaker]\n` => ``
use fluxgate::circuit_breaker;

unsafe extern "C" {
    #[circuit_breaker]
    fn abs(number: i32) -> i32;
}

fn main() {
    let _ = unsafe { abs(-1) };
}
