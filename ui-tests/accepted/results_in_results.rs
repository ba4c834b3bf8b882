//! Return types in which failures may hide, where something says what a failure is.
#![forbid(deprecated)]

use std::io;

use fluxgate::circuit_breaker;

#[circuit_breaker(handle = INNER, track = ok(Err(_)))]
fn inner(outer: bool) -> io::Result<Result<u32, String>> {
    if outer { Err(io::Error::other("down")) } else { Ok(Err("down".into())) }
}

#[circuit_breaker(handle = MEANT, track = all)]
fn meant() -> io::Result<Option<Result<u32, String>>> {
    Ok(Some(Err("down".into())))
}

#[circuit_breaker(track = all)]
fn lines() -> io::Result<impl Iterator<Item = io::Result<u32>>> {
    Ok(IntoIterator::into_iter([Ok(1)]))
}

/// Nothing hides in these.
mod fmt {
    pub(super) struct Result;
}

#[circuit_breaker]
fn own_result() -> io::Result<fmt::Result> {
    Ok(fmt::Result)
}

#[circuit_breaker]
fn numbers() -> io::Result<impl Iterator<Item = u32>> {
    Ok(0..3)
}

pub fn main() {
    assert!(inner(true).is_err() && inner(false).is_ok_and(|inner| inner.is_err()));
    assert_eq!(INNER.metrics().failures(), 2);
    assert!(meant().is_ok_and(|inner| inner.is_some_and(|inner| inner.is_err())));
    assert_eq!((MEANT.metrics().total(), MEANT.metrics().failures()), (1, 0));
    assert_eq!(lines().unwrap().count() + numbers().unwrap().count(), 4);
    own_result().unwrap();
}
