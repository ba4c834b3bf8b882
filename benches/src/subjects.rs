//! What is compared: each subject has a breaker of its own for each scenario, set as near to "window 100, minimum 10,
//! rate 50%" as it allows.

mod bare;
#[cfg(feature = "breaker-machines")]
mod breaker_machines;
mod circuitbreaker_rs;
mod failsafe;
mod fluxgate;
mod nobreak;
mod recloser;
mod seatbelt;
mod tower_resilience;

use std::fmt;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Longer than any bench runs: what is open stays open.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);
/// More failures than any subject here needs to open.
const ENOUGH: usize = 1_000;

/// Makes this many calls and says how many were `Ok`.
pub type Run = Box<dyn Fn(u64) -> u64 + Send + Sync>;

pub struct Subject {
    pub name: &'static str,
    pub configuration: &'static str,
    /// Closed, every call `Ok`.
    pub healthy: Option<Run>,
    /// The same for an `async` body that is ready at once.
    pub healthy_async: Option<Run>,
    /// Closed, every tenth call `Err`.
    pub failing: Option<Run>,
    /// Open, nothing admitted.
    pub refused: Option<Run>,
}

/// In the order of the table.
pub fn all() -> Vec<Subject> {
    let mut subjects = bare::subjects();
    subjects.extend(fluxgate::subjects());
    subjects.push(recloser::subject());
    subjects.extend(failsafe::subjects());
    subjects.push(nobreak::subject());
    subjects.push(circuitbreaker_rs::subject());
    #[cfg(feature = "breaker-machines")]
    subjects.push(breaker_machines::subject());
    subjects.push(seatbelt::subject());
    subjects.push(tower_resilience::subject());
    subjects
}

#[derive(Debug, Clone)]
pub struct Failure;

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the work failed")
    }
}

impl std::error::Error for Failure {}

/// The guarded work: next to nothing, so that what is measured is the guard.
#[inline]
pub fn work(input: u64) -> Result<u64, Failure> {
    if input == FAILS { Err(Failure) } else { Ok(input) }
}

#[inline]
pub async fn work_async(input: u64) -> Result<u64, Failure> {
    work(input)
}

const FAILS: u64 = u64::MAX;

fn healthy(once: impl Fn(u64) -> bool + Send + Sync + 'static) -> Option<Run> {
    Some(Box::new(move |times| (0..times).map(|input| u64::from(once(black_box(input)))).sum()))
}

fn failing(once: impl Fn(u64) -> bool + Send + Sync + 'static) -> Option<Run> {
    let input = |index: u64| if index % 10 == 9 { FAILS } else { index };
    Some(Box::new(move |times| (0..times).map(|index| u64::from(once(black_box(input(index))))).sum()))
}

/// Whether the call came back `Ok`; its result goes through memory, so that no part of it can be left out.
fn ok<T, E>(result: Result<T, E>) -> bool {
    black_box(&result).is_ok()
}

/// What a future comes to; none here waits for anything, but for another thread to leave a lock.
fn ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
