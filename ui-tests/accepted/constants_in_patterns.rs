//! Constants in patterns match like variants.
#![deny(warnings)]

use fluxgate::circuit_breaker;

/// As rocket's, or that of the crate `http`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u16);

impl Status {
    pub const NOT_FOUND: Self = Self(404);
    #[allow(non_upper_case_globals)]
    pub const Gone: Self = Self(410);
    pub const UNAVAILABLE: Self = Self(503);
}

const TEAPOT: Status = Status(418);
const MISSING: u32 = 404;
const DOWN: &str = "down";

#[circuit_breaker(
    success = matches(Status::NOT_FOUND | Status::Gone | TEAPOT),
    rejected = |_| Err(Status::UNAVAILABLE),
    handle = STATUS
)]
fn status(error: Status) -> Result<u32, Status> {
    Err(error)
}

#[circuit_breaker(
    track = matches(bound @ (Status::Gone | TEAPOT) if *bound != TEAPOT),
    rejected = |_| Err(Status::UNAVAILABLE),
    handle = BOUND
)]
fn bound(error: Status) -> Result<u32, Status> {
    Err(error)
}

#[circuit_breaker(track = "matches(MISSING | 500..)", rejected = |_| Err(503), handle = NUMBER)]
async fn number(error: u32) -> Result<u32, u32> {
    Err(error)
}

#[circuit_breaker(track = matches(DOWN), rejected = |_| Err("refused"), handle = TEXT)]
fn text(error: &'static str) -> Result<u32, &'static str> {
    Err(error)
}

#[circuit_breaker(track = ok(MISSING if value > 0), rejected = |_| Err("refused"), handle = VALUE)]
fn value(value: u32) -> Result<u32, &'static str> {
    Ok(value)
}

#[circuit_breaker(track = returned(Status::UNAVAILABLE), rejected = |_| Status::UNAVAILABLE, handle = RETURNED)]
fn returned(status: Status) -> Status {
    status
}

/// With the reference written out.
#[circuit_breaker(track = matches(&Status::UNAVAILABLE | &Status::Gone), rejected = |_| Err(TEAPOT), handle = BY_HAND)]
fn by_hand(error: Status) -> Result<u32, Status> {
    Err(error)
}

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    Late(Status),
    Refused,
}

use Failure::{Down, Late};

#[circuit_breaker(track = matches(Down | Late(Status::Gone | TEAPOT)), rejected = |_| Err(Failure::Refused), handle = VARIANT)]
fn variant(error: Failure) -> Result<u32, Failure> {
    Err(error)
}

#[circuit_breaker(track = matches(Failure::Down | Failure::Refused), rejected = |_| Err(&Failure::Refused), handle = SHARED)]
fn shared(error: &'static Failure) -> Result<u32, &'static Failure> {
    Err(error)
}

pub fn main() {
    for error in [Status::NOT_FOUND, Status::Gone, TEAPOT, Status::UNAVAILABLE] {
        assert!(status(error).is_err() && by_hand(error).is_err() && bound(error).is_err());
        assert_eq!(returned(error), error);
    }
    let counts = [&STATUS, &BY_HAND, &RETURNED, &BOUND].map(|breaker| breaker.metrics().failures());
    assert_eq!((counts, STATUS.metrics().total()), ([1, 2, 1, 1], 4));
    for (error, failures) in [(404, 1), (400, 1), (503, 2)] {
        assert!(fluxgate_ui_tests::run(number(error)).is_err() && value(error).is_ok());
        assert_eq!((NUMBER.metrics().failures(), VALUE.metrics().failures()), (failures, 1));
    }
    for (error, failures) in [("down", 1), ("late", 1)] {
        assert!(text(error).is_err());
        assert_eq!(TEXT.metrics().failures(), failures);
    }
    for (error, failures) in [(Down, 1), (Late(Status::Gone), 2), (Late(Status::NOT_FOUND), 2), (Failure::Refused, 2)] {
        assert!(variant(error).is_err());
        assert_eq!(VARIANT.metrics().failures(), failures);
    }
    assert!(shared(&Failure::Down).is_err() && shared(&Failure::Refused).is_err());
    assert_eq!(SHARED.metrics().failures(), 2);
}
