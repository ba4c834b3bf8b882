//! What goes into the model, and what comes out of it.

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
    /// Whether the state that admitted it counts outcomes.
    pub(super) counts: bool,
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Reported(Outcome),
    /// A failure; the service asks to be left alone for this long.
    Asking(Duration),
    Cancelled,
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
