//! What is compared: each subject has its own breaker for each scenario, configured as close to "window 100, minimum 10,
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

use std::hint::black_box;
use std::time::Duration;

use crate::work::{FAILS, Failure, ok, ready, sometimes, work, work_async};

/// Longer than any bench runs: open breakers stay open.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);
/// More failures than any subject here needs to open.
const ENOUGH: usize = 1_000;

/// Makes this many calls and returns how many were `Ok`.
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

fn healthy(once: impl Fn(u64) -> bool + Send + Sync + 'static) -> Option<Run> {
    Some(Box::new(move |times| (0..times).map(|input| u64::from(once(black_box(input)))).sum()))
}

fn failing(once: impl Fn(u64) -> bool + Send + Sync + 'static) -> Option<Run> {
    Some(Box::new(move |times| (0..times).map(|index| u64::from(once(black_box(sometimes(index))))).sum()))
}
