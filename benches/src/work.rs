//! The guarded work: next to nothing, so that only the guard is measured.

use std::fmt;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use fluxgate::CallNotPermitted;

/// Like a program's own error: its own variant, and one for refusals.
#[derive(Debug, Clone)]
pub enum Failure {
    Work,
    Refused(CallNotPermitted),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Work => formatter.write_str("the work failed"),
            Failure::Refused(refusal) => refusal.fmt(formatter),
        }
    }
}

impl std::error::Error for Failure {}

impl From<CallNotPermitted> for Failure {
    fn from(refusal: CallNotPermitted) -> Self {
        Failure::Refused(refusal)
    }
}

/// Like an HTTP client's error.
pub struct Response(pub u64);

impl Response {
    #[inline]
    pub fn status(&self) -> u16 {
        if self.0 == FAILS { 500 } else { 200 }
    }
}

/// An error with a status, like gRPC's.
#[derive(Debug)]
pub struct Rejected(pub Failure);

impl Rejected {
    pub fn status(&self) -> Option<u16> {
        matches!(self.0, Failure::Work).then_some(500)
    }
}

impl From<CallNotPermitted> for Rejected {
    fn from(refusal: CallNotPermitted) -> Self {
        Rejected(refusal.into())
    }
}

/// The input that makes the work fail.
pub const FAILS: u64 = u64::MAX;

/// Every tenth input fails.
#[inline]
pub const fn sometimes(index: u64) -> u64 {
    if index % 10 == 9 { FAILS } else { index }
}

#[inline]
pub fn work(input: u64) -> Result<u64, Failure> {
    if input == FAILS { Err(Failure::Work) } else { Ok(input) }
}

#[inline]
pub async fn work_async(input: u64) -> Result<u64, Failure> {
    work(input)
}

/// The same, but pending once.
#[inline]
pub async fn work_waiting(input: u64) -> Result<u64, Failure> {
    let mut has_waited = false;
    poll_fn(|_| if mem::replace(&mut has_waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    work(input)
}

/// Whether the call returned `Ok`; its result goes through memory, so no part of it can be optimized away.
#[inline]
pub fn ok<T, E>(result: Result<T, E>) -> bool {
    black_box(&result).is_ok()
}

/// Runs a future to completion; none here waits for anything except to be polled again, or for another thread's lock.
#[inline]
pub fn ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
