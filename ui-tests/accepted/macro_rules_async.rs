//! Macro rules async.

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotPermitted(fluxgate::CallNotPermitted),
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

macro_rules! define {
    ($($name:ident => $returned:ty),*) => {$(
        #[circuit_breaker]
        async fn $name() -> $returned {
            Ok(Default::default())
        }
    )*};
}

define!(first => Result<u32, Failure>, second => Result<String, Failure>);

pub fn main() {
    assert_eq!(run(first()), Ok(0));
    assert_eq!(run(second()), Ok(String::new()));
}
