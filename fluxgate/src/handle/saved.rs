//! What a program may keep of a breaker across a restart.

use core::fmt;
use std::borrow::Cow;
use std::time::Duration;

use super::assessment::Recovery;
use super::circuit_breaker::CircuitBreaker;
use super::snapshot::Snapshot;
use crate::clock::unix_milliseconds;
use crate::configuration::name::Name;
use crate::engine::open::{self, EarlierOpening};
use crate::state::State;

/// What a program may keep of an open breaker, in a file of its own, so that it is still open after a restart. With the feature `serde`, it
/// serializes and deserializes.
///
/// Closed breakers need not be saved: they begin with an empty window. A state [by command](State#variants) is for whoever gave the command
/// to restore.
///
/// ```
/// use fluxgate::{CircuitBreaker, State};
/// use std::time::Duration;
///
/// let breaker = || CircuitBreaker::builder("payments").build();
/// let before = breaker()?;
/// before.open_for(Duration::from_secs(300));
/// let saved = before.snapshot().saved().unwrap();
///
/// let after = breaker()?;
/// assert!(after.restore(&saved)?);
/// assert_eq!(after.state(), State::Open);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// How to do that for all breakers of a program is described [in production](crate::docs::production#across-a-restart).
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Saved {
    breaker: String,
    /// When it was saved, in milliseconds since 1970 by the wall clock.
    at: u64,
    /// For how many milliseconds it was to stay open; `None` means forever.
    open_for: Option<u64>,
    /// For how many milliseconds it had been open, not counting those after its pause.
    opened_for: u64,
    /// For how many milliseconds its pause had been over.
    overdue: u64,
    reopens: u32,
}

impl Saved {
    /// The breaker's name.
    pub fn breaker(&self) -> &str {
        &self.breaker
    }

    /// What has become of the opening by now. If the wall clock has been set back meanwhile, no time has passed, so a pause never gets longer.
    fn opening(&self) -> EarlierOpening {
        let since = unix_milliseconds().saturating_sub(self.at);
        let open_since = since.min(self.open_for.unwrap_or(u64::MAX));
        EarlierOpening {
            left: self.open_for.map(|open_for| Duration::from_millis(open_for - open_since)),
            overdue: Duration::from_millis(self.overdue.saturating_add(since - open_since)),
            open_for: Duration::from_millis(self.opened_for.saturating_add(open_since)),
            reopens: self.reopens,
        }
    }
}

impl Snapshot {
    /// What to keep across a restart, as of now; `None` if the breaker is neither open nor half-open. A half-open breaker is saved as one
    /// whose pause is over, so that its trial starts over. So is an open one whose [`custom`](crate::retry::custom) retry has yet to
    /// answer: nobody will ask it again after the restart.
    ///
    /// Once the trial has passed, there is nothing to save: a program that runs for less time than a [ramp](crate::permit::ramp_up) takes
    /// would never complete one.
    pub fn saved(&self) -> Option<Saved> {
        let open_for = match self.state {
            State::HalfOpen if matches!(self.recovery, Some(Recovery::Ramp { .. })) => return None,
            State::Open if self.is_asking => Some(0),
            State::Open => self.retry_after.map(milliseconds),
            State::HalfOpen => Some(0),
            _ => return None,
        };
        let (breaker, reopens) = (self.name.clone(), self.reopens);
        let [opened_for, overdue] = self.opening.after(self.since).map(milliseconds);
        Some(Saved { breaker, at: unix_milliseconds(), open_for, opened_for, overdue, reopens })
    }
}

fn milliseconds(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}

impl CircuitBreaker {
    /// Opens the breaker again for the rest of the pause that was [saved](Snapshot::saved) before a restart, with as many re-openings, so that
    /// a [backoff](crate::retry::backoff) goes on. If the pause is over by now, the next call begins a trial, and a
    /// [ramp](crate::permit::ramp_up) has begun when the pause ended. If the pause had no end, it is over for a breaker that has a
    /// retry other than [never](crate::retry::never).
    ///
    /// The wall clock tells how much time has passed; nothing else uses it. If it was set back, the whole pause is left; if it was set
    /// ahead, nothing is, not even of a ramp. Either error is at most as long as these take.
    ///
    /// Returns whether this opened the breaker. A breaker that is not closed has learnt more since, and stays as it is.
    ///
    /// # Errors
    /// The state was saved from a breaker with another name.
    pub fn restore(&self, saved: &Saved) -> Result<bool, RestoreError> {
        let breaker = self.enrolled();
        if saved.breaker != breaker.name().as_str() {
            let saved = Name::from(Cow::Owned(saved.breaker.clone()));
            return Err(RestoreError { saved, breaker: breaker.name().clone() });
        }
        Ok(open::restore(breaker, &saved.opening()))
    }
}

/// A breaker cannot be [restored](CircuitBreaker::restore) from the state of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RestoreError {
    saved: Name,
    breaker: Name,
}

impl fmt::Display for RestoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { saved, breaker } = self;
        write!(
            formatter,
            "this was saved from the circuit breaker `{saved}`, and cannot restore `{breaker}`; \
             `fluxgate::find` finds a breaker by its name, once it has been used"
        )
    }
}

impl std::error::Error for RestoreError {}
