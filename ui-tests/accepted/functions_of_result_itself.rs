//! Functions whose return type is `Self`, which is a `Result`.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

trait Fetch: Sized {
    fn fetch() -> Self;
    fn again(self) -> Self;
}

impl Fetch for Result<u32, CallNotPermitted> {
    #[circuit_breaker]
    fn fetch() -> Self {
        Ok(1)
    }

    #[circuit_breaker]
    fn again(self) -> Self {
        self.map(|number| number + 1)
    }
}

pub fn main() {
    assert_eq!(<Result<u32, CallNotPermitted>>::fetch().again(), Ok(2));
}
