//! What happens to breakers and their calls.

use core::fmt;
use std::time::Duration;

use super::cause::Cause;
use super::transition::Transition;
use crate::configuration::name::Name;
use crate::state::{Outcome, State};

/// Something that happened, as an [`Events`](crate::Events) stream yields it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A breaker changed its state or, if both states are the same, was reset or reconfigured, or would have tripped.
    Transition(Transition),
    /// A breaker refused a call.
    Refused(RefusedCall),
    /// A call ended.
    Ended(EndedCall),
}

impl Event {
    /// The breaker's name.
    pub fn breaker(&self) -> &str {
        match self {
            Self::Transition(transition) => &transition.breaker,
            Self::Refused(call) => &call.breaker,
            Self::Ended(call) => &call.breaker,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transition(transition) => transition.fmt(formatter),
            Self::Refused(call) => call.fmt(formatter),
            Self::Ended(call) => call.fmt(formatter),
        }
    }
}

/// A call that a breaker refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedCall {
    /// The breaker's name.
    pub breaker: Name,
    /// The breaker's generation.
    pub generation: u64,
    /// When it was refused, by the breaker's clock.
    pub at: Duration,
    /// The breaker's state.
    pub state: State,
    /// How long to wait before another attempt; see [`CallNotPermitted::retry_after`](crate::CallNotPermitted::retry_after).
    pub retry_after: Option<Duration>,
    /// The condition that opened the breaker, with its figures; see [`CallNotPermitted::cause`](crate::CallNotPermitted::cause).
    pub cause: Option<Cause>,
}

impl fmt::Display for RefusedCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "circuit breaker `{}` refused a call: it is {}", self.breaker, self.state)?;
        match &self.cause {
            Some(cause) => write!(formatter, ", since {cause}"),
            None => Ok(()),
        }
    }
}

/// A call that was admitted and is over, or an outcome that was [recorded](crate::CircuitBreaker::record) without one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EndedCall {
    /// The breaker's name.
    pub breaker: Name,
    /// The generation that admitted it.
    pub generation: u64,
    /// When it ended, by the breaker's clock.
    pub at: Duration,
    /// The state that admitted it.
    pub state: State,
    /// What it counts as.
    pub outcome: Outcome,
    /// Whether it came too late to count, because the breaker had begun another generation.
    pub late: bool,
    /// How long it took.
    pub duration: Duration,
}

impl fmt::Display for EndedCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { breaker, outcome, late, duration, .. } = self;
        let outcome = outcome.as_str();
        let late = if *late { ", too late to count" } else { "" };
        write!(formatter, "circuit breaker `{breaker}`: a call ended after {duration:?}: {outcome}{late}")
    }
}
