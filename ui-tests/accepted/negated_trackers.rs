//! A tracker may be negated: it is a question about one result. A rule may not.

use fluxgate::circuit_breaker;

#[derive(Debug)]
enum Failure {
    NotFound,
    Down(u32),
    NotPermitted,
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(_: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

#[circuit_breaker(track = !matches(Failure::NotFound), handle = PLAIN)]
fn plain(failure: Failure) -> Result<(), Failure> {
    Err(failure)
}

#[circuit_breaker(track = all & !(matches(Failure::NotFound) | matches(Failure::Down(503))), handle = GROUPED)]
fn grouped(failure: Failure) -> Result<(), Failure> {
    Err(failure)
}

#[circuit_breaker(track = "!!matches(Failure::Down(_))", success = matches(Failure::NotFound), handle = TWICE)]
fn twice(failure: Failure) -> Result<(), Failure> {
    Err(failure)
}

pub fn main() {
    for call in [plain, grouped, twice] {
        for failure in [Failure::NotFound, Failure::Down(500), Failure::Down(503)] {
            assert!(!matches!(call(failure), Err(Failure::NotPermitted)));
        }
    }
    let counts = [&PLAIN, &GROUPED, &TWICE]
        .map(|breaker| (breaker.metrics().total(), breaker.metrics().failures()));
    assert_eq!(counts, [(2, 2), (1, 1), (3, 2)]);
}
