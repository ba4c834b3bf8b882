//! When an open breaker tries again.

use core::fmt;
use core::time::Duration;

use crate::model::duration::Spelled;
use crate::model::ratio::Ratio;

/// When an open breaker tries again.
///
/// Built by the functions of the module `retry`; prints as the attribute would spell it, and can be parsed from that.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// How the delay is determined.
    #[doc(hidden)]
    pub schedule: Schedule,
    /// The share by which the delay may be randomly shortened or lengthened, if set.
    #[doc(hidden)]
    pub jitter: Option<Ratio>,
    /// The factor by which a `backoff` grows, if set.
    #[doc(hidden)]
    pub multiplier: Option<f64>,
    /// The longest delay of a `backoff`, if set.
    #[doc(hidden)]
    pub max: Option<Duration>,
}

/// How the delay is determined.
#[derive(Clone, Copy, Debug)]
pub enum Schedule {
    /// Always the same.
    Cooldown(Duration),
    /// Longer after each re-opening.
    Backoff(Duration),
    /// No delay: the next call goes to the permit.
    Always,
    /// Endless: only a command ends it.
    Never,
    /// The delay that a user function returns, given the number of re-openings.
    Custom {
        /// How the setting spells the function.
        path: &'static str,
        /// The function.
        delay: fn(reopens: u32) -> Duration,
    },
}

impl Retry {
    /// The default factor by which a `backoff` grows.
    #[doc(hidden)]
    pub const MULTIPLIER: f64 = 2.0;
    /// The default longest delay of a `backoff`, unless the initial one is longer.
    #[doc(hidden)]
    pub const MAX: Duration = Duration::from_secs(300);

    /// With the given schedule and the defaults for everything else.
    #[doc(hidden)]
    pub const fn new(schedule: Schedule) -> Self {
        Self { schedule, jitter: None, multiplier: None, max: None }
    }

    /// Always after the same delay.
    #[doc(hidden)]
    pub const fn cooldown(delay: Duration) -> Self {
        Self::new(Schedule::Cooldown(delay))
    }

    /// After a delay that grows with each re-opening.
    #[doc(hidden)]
    pub const fn backoff(initial: Duration) -> Self {
        Self::new(Schedule::Backoff(initial))
    }

    /// At once.
    #[doc(hidden)]
    pub const fn always() -> Self {
        Self::new(Schedule::Always)
    }

    /// Only after a command.
    #[doc(hidden)]
    pub const fn never() -> Self {
        Self::new(Schedule::Never)
    }

    /// After the delay that the function returns; `path` is how the setting spells it.
    #[doc(hidden)]
    pub const fn custom(path: &'static str, delay: fn(reopens: u32) -> Duration) -> Self {
        Self::new(Schedule::Custom { path, delay })
    }

    /// Varies each delay at random by up to this share, from 0 to below 1. Default: 0.
    #[must_use]
    pub const fn jitter(mut self, share: f64) -> Self {
        self.jitter = Some(Ratio::new(share));
        self
    }

    /// The factor by which each re-opening lengthens a `backoff`, 1 or more. Default: 2.
    #[must_use]
    pub const fn multiplier(mut self, multiplier: f64) -> Self {
        self.multiplier = Some(multiplier);
        self
    }

    /// The longest delay of a `backoff`, jitter included. Default: 5 minutes, or the initial delay if that is longer.
    #[must_use]
    pub const fn max(mut self, max: Duration) -> Self {
        self.max = Some(max);
        self
    }
}

/// Functions are compared by address, not by the path that spells them.
impl PartialEq for Retry {
    fn eq(&self, other: &Self) -> bool {
        let Self { schedule, jitter, multiplier, max } = *self;
        let schedules = match schedule {
            Schedule::Cooldown(delay) => {
                matches!(other.schedule, Schedule::Cooldown(others) if others == delay)
            }
            Schedule::Backoff(initial) => {
                matches!(other.schedule, Schedule::Backoff(others) if others == initial)
            }
            Schedule::Always => matches!(other.schedule, Schedule::Always),
            Schedule::Never => matches!(other.schedule, Schedule::Never),
            Schedule::Custom { delay, .. } => {
                matches!(other.schedule, Schedule::Custom { delay: others, .. } if core::ptr::fn_addr_eq(others, delay))
            }
        };
        schedules && (jitter, multiplier, max) == (other.jitter, other.multiplier, other.max)
    }
}

/// As the attribute would spell it.
impl fmt::Display for Retry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Also prints settings that do not belong to the schedule, so that a checker can report them.
        let (word, first) = match self.schedule {
            Schedule::Cooldown(delay) => ("cooldown", Some(Spelled(delay).to_string())),
            Schedule::Backoff(initial) => ("backoff", Some(Spelled(initial).to_string())),
            Schedule::Always => ("always", None),
            Schedule::Never => ("never", None),
            Schedule::Custom { path, .. } => ("custom", Some(path.to_owned())),
        };
        let multiplier = self.multiplier.map(|multiplier| format!("multiplier = {multiplier:?}"));
        let max = self.max.map(|max| format!("max = {}", Spelled(max)));
        let jitter = self.jitter.map(|jitter| format!("jitter = {jitter}"));
        let arguments: Vec<String> = [first, multiplier, max, jitter].into_iter().flatten().collect();
        formatter.write_str(word)?;
        if arguments.is_empty() { Ok(()) } else { write!(formatter, "({})", arguments.join(", ")) }
    }
}
