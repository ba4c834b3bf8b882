//! What a breaker is told when it is made.

use std::time::Duration;

use fluxgate::{Builder, CircuitBreaker, Outcome, permit, retry, window};

use super::rule::Rule;

#[derive(Clone, Debug)]
pub struct Settings {
    pub window: Window,
    pub rule: Rule,
    pub retry: Retry,
    pub permit: Permit,
    pub slots: u32,
    pub half_open_timeout: Option<Duration>,
    pub on_panic: Outcome,
    pub on_cancel: Outcome,
}

#[derive(Clone, Copy, Debug)]
pub enum Window {
    Count(usize),
    /// A duration and its number of buckets.
    Time(Duration, usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Retry {
    Cooldown(Duration),
    /// The initial delay, what it is multiplied by, and the longest.
    Backoff(Duration, u32, Duration),
    Always,
    Never,
}

impl Retry {
    pub(super) fn delay(self, reopens: u32) -> Option<Duration> {
        match self {
            Self::Cooldown(delay) => Some(delay),
            Self::Backoff(initial, multiplier, max) => {
                let factor = u128::from(multiplier).saturating_pow(reopens);
                let nanos = initial.as_nanos().saturating_mul(factor).min(max.as_nanos());
                Some(Duration::from_nanos(u64::try_from(nanos).expect("the longest delay is short")))
            }
            Self::Always => Some(Duration::ZERO),
            Self::Never => None,
        }
    }
}

/// Permits that leave nothing to chance.
#[derive(Clone, Copy, Debug)]
pub enum Permit {
    All,
    /// `ramp_up(1.0, 1.0, d)`: admits all, and closes no earlier than `d` after the trial began.
    Ramp(Duration),
    /// Only once the breaker has been half-open for [`Permit::PATIENCE`].
    Patient,
}

impl Permit {
    pub const PATIENCE: Duration = Duration::from_millis(700);

    pub(super) fn admits(self, in_half_open: Duration) -> bool {
        match self {
            Self::All | Self::Ramp(_) => true,
            Self::Patient => in_half_open >= Self::PATIENCE,
        }
    }
}

fn patient(in_half_open: Duration) -> bool {
    in_half_open >= Permit::PATIENCE
}

impl Settings {
    /// The same, as a user would say it.
    pub fn builder(&self) -> Builder {
        let builder = CircuitBreaker::builder("reference")
            .window(match self.window {
                Window::Count(size) => window::count(size),
                Window::Time(duration, buckets) => window::time(duration).buckets(buckets),
            })
            .trip(self.rule.build())
            .retry(match self.retry {
                Retry::Cooldown(delay) => retry::cooldown(delay),
                Retry::Backoff(initial, multiplier, max) => {
                    retry::backoff(initial).multiplier(f64::from(multiplier)).max(max)
                }
                Retry::Always => retry::always(),
                Retry::Never => retry::never(),
            })
            .permit(match self.permit {
                Permit::All => permit::all(),
                Permit::Ramp(duration) => permit::ramp_up(1.0, 1.0, duration),
                Permit::Patient => permit::custom(patient),
            })
            .max_half_open_calls(self.slots)
            .on_panic(self.on_panic)
            .on_cancel(self.on_cancel);
        match self.half_open_timeout {
            Some(longest) => builder.half_open_timeout(longest),
            None => builder,
        }
    }
}
