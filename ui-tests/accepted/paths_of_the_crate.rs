//! `crate` is any path that leads to Fluxgate: a re-export, an alias, its own name.
#![deny(warnings)]

mod dependencies {
    pub use fluxgate;
    pub use fluxgate as breakers;
}

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(crate = self::dependencies::breakers, window = count(10));

#[circuit_breaker(crate = dependencies::fluxgate, trip = min(5) & failure_rate(0.5))]
fn by_a_re_export() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(crate = crate::accepted::paths_of_the_crate::dependencies::breakers, breaker = PAYMENTS)]
async fn by_an_alias() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(crate = ::fluxgate, handle = BY_ITS_NAME, fallback = |_| Ok(2))]
fn by_its_name() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

pub fn main() {
    assert_eq!((by_a_re_export(), by_its_name()), (Ok(1), Ok(1)));
    assert_eq!(fluxgate_ui_tests::run(by_an_alias()), Ok(1));
    assert_eq!((BY_ITS_NAME.metrics().total(), PAYMENTS.metrics().total()), (1, 1));
}
