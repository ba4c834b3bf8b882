//! A type that borrows as text is matched as text, also where the compiler only knows that it does.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

pub struct Code(String);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<CallNotPermitted> for Code {
    fn from(_: CallNotPermitted) -> Self {
        Self("refused".to_owned())
    }
}

#[circuit_breaker(track = matches("E500"), handle = OF_CODES)]
fn of_codes(code: &str) -> Result<(), Code> {
    Err(Code(code.to_owned()))
}

#[circuit_breaker(track = matches("E500"), handle = OF_ANY)]
fn of_any<E: AsRef<str> + From<CallNotPermitted>>(error: E) -> Result<(), E> {
    Err(error)
}

pub fn main() {
    for code in ["E404", "E500"] {
        assert!(of_codes(code).is_err() && of_any(Code(code.to_owned())).is_err());
    }
    assert_eq!((OF_CODES.metrics().failures(), OF_ANY.metrics().failures()), (1, 1));
}
