//! `main`, a test, and an `extern "C"` function are functions, too.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

mod program {
    use fluxgate::circuit_breaker;

    #[circuit_breaker(handle = MAIN)]
    pub fn main() -> std::io::Result<()> {
        Ok(())
    }
}

#[circuit_breaker]
#[test]
fn a_test() -> Result<(), CallNotPermitted> {
    Ok(())
}

#[circuit_breaker(track = returned(-1), rejected = |_| -1)]
extern "C" fn of_c(number: i32) -> i32 {
    number
}

pub fn main() {
    program::main().unwrap();
    assert_eq!(program::MAIN.metrics().total(), 1);
    assert_eq!(of_c(2), 2);
}
