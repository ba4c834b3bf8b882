//! What goes into the model, and what comes out of it.

use std::collections::BTreeMap;
use std::time::Duration;

use fluxgate::{Outcome, State};

/// Why a transition happened, without the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    Tripped,
    RetryDue,
    TrialPassed,
    RampEnded,
    HalfOpenTimeout,
    Trip,
    OpenFor,
    Reset,
    ForceOpen,
    Disable,
    MetricsOnly,
}

/// What a listener should hear.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub from: State,
    pub to: State,
    pub why: Why,
    pub retry_after: Option<Duration>,
    pub total: u64,
    pub failures: u64,
}

/// An admitted call.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub(super) generation: u64,
    pub(super) began: Duration,
    /// Whether it takes a slot of the trial.
    pub(super) probe: bool,
    /// Whether it is tracked while it runs.
    pub(super) runs: bool,
    /// The state that admitted it.
    pub(super) state: State,
    /// Whether even a success or an ignored outcome of it is counted.
    pub(super) is_watched: bool,
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Reported(Outcome),
    /// A failure; the service asks to be left alone for this long.
    Asking(Duration),
    Cancelled,
}

/// What happened over the breaker's life.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Life {
    /// Successes and ignored outcomes, once they are counted.
    pub watched: Option<(u64, u64)>,
    pub failures: u64,
    /// Outcomes that reached the rule's shortest threshold.
    pub slow: u64,
    pub refused: u64,
    pub late: u64,
    pub cancelled: u64,
    pub panicked: u64,
    /// How long it was in each state before the current one.
    pub spent: BTreeMap<&'static str, Duration>,
}

/// How far a half-open breaker has recovered.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    Trial { outcomes: usize, good: usize, needed: usize, in_flight: usize, longest: usize },
    Ramp { admits: f64, ends_in: Duration },
}

impl Progress {
    /// Whether it is the same, but for rounding.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ramp { admits, ends_in }, Self::Ramp { admits: share, ends_in: left }) => {
                (admits - share).abs() < 1e-9 && ends_in == left
            }
            _ => self == other,
        }
    }
}

/// Why a call is not admitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refusal {
    pub state: State,
    pub retry_after: Wait,
}

/// How long a refusal says to wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wait {
    Exactly(Option<Duration>),
    /// Drawn from this range.
    Between(Duration, Duration),
}

impl Wait {
    pub fn is(self, said: Option<Duration>) -> bool {
        match self {
            Self::Exactly(wait) => said == wait,
            Self::Between(shortest, longest) => said.is_some_and(|wait| (shortest..=longest).contains(&wait)),
        }
    }
}

/// A time at which something becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// An open breaker tries again.
    Retry,
    /// A trial has had running calls for too long without an outcome.
    Stall,
    RampEnd,
    /// A closed breaker has stayed closed for as long as it was open.
    Forgiveness,
    /// A running call becomes slow.
    Slow,
}
