//! Variants and unit structs that are imported match by their names alone, wherever they are in a pattern.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

use self::Failure::{Away, Coded, Down};

#[derive(Debug)]
pub enum Failure<T> {
    Down,
    #[non_exhaustive]
    Away,
    Coded(Code, Option<T>),
    Named {
        code: Code,
    },
    NotPermitted,
}

#[derive(Debug)]
pub enum Code {
    Missing,
    Moved,
}

#[derive(Debug)]
pub struct Gone;

impl<T> From<CallNotPermitted> for Failure<T> {
    fn from(_: CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

use Code::{Missing, Moved};

#[circuit_breaker(
    success = matches(Down | Coded(Missing, None) | Failure::Named { code: Moved }),
    ignore = matches(Away if fails),
    handle = CALL,
)]
fn call(fails: bool, error: Failure<u8>) -> Result<u8, Failure<u8>> {
    if fails { Err(error) } else { Ok(1) }
}

#[circuit_breaker(track = matches(Gone), rejected = |_| Err(Gone), handle = GONE)]
fn gone() -> Result<u8, Gone> {
    Err(Gone)
}

#[circuit_breaker(track = returned((None, [Moved, ..])), rejected = |_| (None, &[]), handle = RETURNED)]
fn returned(codes: &'static [Code]) -> (Option<u8>, &'static [Code]) {
    (None, codes)
}

/// A guard may use a variable of any name.
#[allow(non_snake_case)]
#[circuit_breaker(track = ok(Value if *Value > 3), handle = VARIABLE)]
fn variable(value: u8) -> Result<u8, CallNotPermitted> {
    Ok(value)
}

pub fn main() {
    let _isolation = fluxgate::testing::isolate();
    for (error, failures, total) in [
        (Down, 0, 1),
        (Coded(Missing, None), 0, 2),
        (Failure::Named { code: Moved }, 0, 3),
        (Away, 0, 3),
        (Coded(Missing, Some(3)), 1, 4),
        (Coded(Moved, None), 2, 5),
        (Failure::Named { code: Missing }, 3, 6),
    ] {
        let _ = call(true, error);
        assert_eq!((CALL.metrics().failures(), CALL.metrics().total()), (failures, total));
    }
    let _ = gone();
    assert_eq!(GONE.metrics().failures(), 1);
    for codes in [&[Moved, Missing] as &[Code], &[Missing], &[]] {
        let _ = returned(codes);
    }
    assert_eq!((RETURNED.metrics().failures(), RETURNED.metrics().total()), (1, 3));
    for value in [3, 4] {
        let _ = variable(value);
    }
    assert_eq!((VARIABLE.metrics().failures(), VARIABLE.metrics().total()), (1, 2));
}
