//! A change of state, as listeners hear of it.

use core::fmt;
use std::time::Duration;

use fluxgate_rules::{Metrics, Node};

use super::cause::{Cause, Figures};
use crate::configuration::name::Name;
use crate::state::State;

/// A breaker went from one state to another. If both states are the same, the [reason](Reason) says what happened: the breaker was reset or
/// reconfigured, which only [interested](crate::Interests::resets) listeners hear, or it only reports, and would have tripped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Transition {
    /// The breaker's name.
    pub breaker: Name,
    /// The generation that it began or, if both states are the same, the current one: see [`Call::generation`](crate::Call::generation).
    pub generation: u64,
    /// When it happened, by the breaker's clock, whose times tell only how far apart two events of one breaker are.
    pub at: Duration,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// What caused it.
    pub reason: Reason,
    /// The figures of the recent calls at that moment.
    pub metrics: Metrics,
    /// How long the breaker will refuse calls, if it opened; `None` if it never tries again.
    pub retry_after: Option<Duration>,
    /// How many transitions just before this one were dropped, because a listener took so long that more than a thousand waited.
    pub missed: u64,
}

impl Transition {
    /// Whether the breaker only started over in the same state.
    pub(super) fn is_reset(&self) -> bool {
        self.from == self.to && matches!(self.reason, Reason::Reset | Reason::Reconfigured)
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { breaker, from, to, reason, missed, .. } = self;
        if self.is_reset() {
            write!(formatter, "circuit breaker `{breaker}`: still {to} ({reason})")?;
        } else if from == to {
            write!(formatter, "circuit breaker `{breaker}` would have opened ({reason})")?;
        } else {
            write!(formatter, "circuit breaker `{breaker}`: {from} -> {to} ({reason})")?;
        }
        match missed {
            0 => Ok(()),
            _ => write!(formatter, "; transitions dropped before it: {missed}"),
        }
    }
}

/// What caused a transition. With the feature `serde`, it serializes as its `kind`, which is what [`as_str`](Self::as_str) names, and its
/// `message`, which is what it prints.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// The rule held.
    Tripped(Cause),
    /// The pause was over, and it was time to try again.
    RetryDue,
    /// The trial passed.
    TrialPassed,
    /// The trial had passed, and the ramp is complete.
    RampEnded,
    /// Calls of the trial ran for `half_open_timeout` without an outcome.
    HalfOpenTimeout,
    /// `reset()` was called.
    Reset,
    /// The breaker was given other settings, in the same state.
    Reconfigured,
    /// `trip()` was called.
    Trip,
    /// `open_for(..)` was called.
    OpenFor,
    /// `restore(..)` was called: the breaker was open before the program restarted.
    Restored,
    /// `force_open()` was called.
    ForceOpen,
    /// `disable()` was called.
    Disable,
    /// `metrics_only()` was called.
    MetricsOnly,
}

impl Reason {
    /// All but [`Tripped`](Self::Tripped), which has figures.
    const OTHERS: [Self; 12] = [
        Self::RetryDue,
        Self::TrialPassed,
        Self::RampEnded,
        Self::HalfOpenTimeout,
        Self::Reset,
        Self::Reconfigured,
        Self::Trip,
        Self::OpenFor,
        Self::Restored,
        Self::ForceOpen,
        Self::Disable,
        Self::MetricsOnly,
    ];

    /// The name of the reason for metrics and logs: `retry_due`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Tripped(_) => "tripped",
            Self::RetryDue => "retry_due",
            Self::TrialPassed => "trial_passed",
            Self::RampEnded => "ramp_ended",
            Self::HalfOpenTimeout => "half_open_timeout",
            Self::Reset => "reset",
            Self::Reconfigured => "reconfigured",
            Self::Trip => "trip",
            Self::OpenFor => "open_for",
            Self::Restored => "restored",
            Self::ForceOpen => "force_open",
            Self::Disable => "disable",
            Self::MetricsOnly => "metrics_only",
        }
    }

    /// The figures by which the breaker remembers the reason.
    pub(crate) fn figures(self) -> Figures {
        match self {
            Self::Tripped(cause) => cause.figures(),
            _ => Self::OTHERS
                .iter()
                .position(|other| *other == self)
                .map_or(Figures::NONE, |number| Figures::other(number as u64)),
        }
    }

    /// The reason with these figures, for a breaker with this rule.
    pub(crate) fn of(figures: Figures, rule: &[Node]) -> Option<Self> {
        match figures.number() {
            Some(number) => Self::OTHERS.get(usize::try_from(number).ok()?).copied(),
            None => figures.cause(rule).map(Self::Tripped),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Reason", 2)?;
        fields.serialize_field("kind", self.as_str())?;
        fields.serialize_field("message", &format_args!("{self}"))?;
        fields.end()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tripped(cause) => return fmt::Display::fmt(cause, formatter),
            Self::RetryDue => "it is time to try again",
            Self::TrialPassed => "the trial passed",
            Self::RampEnded => "the ramp is complete",
            Self::HalfOpenTimeout => "the calls of the trial take too long",
            Self::Reset => "reset by command",
            Self::Reconfigured => "it has new settings",
            Self::Trip | Self::OpenFor => "opened by command",
            Self::Restored => "restored, as it was open before",
            Self::ForceOpen => "forced open by command",
            Self::Disable => "disabled by command",
            Self::MetricsOnly => "metrics only by command",
        })
    }
}
