//! The settings of a breaker.

use std::time::Duration;

use fluxgate::{Builder, Changes, CircuitBreaker, OnCancel, Outcome, permit, retry, window};

use super::rule::Rule;

#[derive(Clone, Debug)]
pub struct Settings {
    pub window: Window,
    pub rule: Rule,
    pub retry: Retry,
    pub permit: Permit,
    pub slots: u32,
    /// `None` leaves the default.
    pub half_open_timeout: Option<Duration>,
    pub on_panic: Outcome,
    pub on_cancel: OnCancel,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Window {
    Count(usize),
    /// A duration and its number of buckets.
    Time(Duration, usize),
}

impl Window {
    /// The same, as a user would say it.
    pub fn build(self) -> window::Window {
        match self {
            Self::Count(size) => window::count(size),
            Self::Time(duration, buckets) => window::time(duration).buckets(buckets),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Retry {
    Cooldown(Duration),
    /// The initial delay, its multiplier, and the longest delay.
    Backoff(Duration, u32, Duration),
    Always,
    Never,
    /// A few delays in turn, the third of them zero.
    Custom,
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
            Self::Custom => Some(in_turn(reopens)),
        }
    }

    /// The same, as a user would say it.
    pub fn build(self) -> retry::Retry {
        match self {
            Self::Cooldown(delay) => retry::cooldown(delay),
            Self::Backoff(initial, multiplier, max) => {
                retry::backoff(initial).multiplier(f64::from(multiplier)).max(max)
            }
            Self::Always => retry::always(),
            Self::Never => retry::never(),
            Self::Custom => retry::custom(in_turn),
        }
    }

    /// The longest delay it can draw.
    pub fn longest(self) -> Option<Duration> {
        match self {
            Self::Backoff(_, _, max) => Some(max),
            Self::Custom => Some(Duration::from_secs(9)),
            _ => self.delay(0),
        }
    }
}

fn in_turn(reopens: u32) -> Duration {
    Duration::from_millis([100, 3_000, 0, 9_000][reopens as usize % 4])
}

/// Shares are per mille. One of 1,000 leaves nothing to chance.
#[derive(Clone, Copy, Debug)]
pub enum Permit {
    All,
    Random(u32),
    /// The first share, the last, and the duration.
    Ramp(u32, u32, Duration),
    /// Only once the breaker has been half-open for [`Permit::PATIENCE`].
    Patient,
}

impl Permit {
    pub const PATIENCE: Duration = Duration::from_millis(700);

    /// How long the ramp takes.
    pub fn ramp(self) -> Option<Duration> {
        if let Self::Ramp(_, _, duration) = self { Some(duration) } else { None }
    }

    /// The same, as a user would say it.
    pub fn build(self) -> permit::Permit {
        let share = |per_mille: u32| f64::from(per_mille) / 1_000.0;
        match self {
            Self::All => permit::all(),
            Self::Random(admitted) => permit::random(share(admitted)),
            Self::Ramp(from, to, duration) => permit::ramp_up(share(from), share(to), duration),
            Self::Patient => permit::custom(patient),
        }
    }
}

fn patient(in_half_open: Duration) -> bool {
    in_half_open >= Permit::PATIENCE
}

impl Settings {
    /// The default.
    const HALF_OPEN_TIMEOUT: Duration = Duration::from_secs(60);

    /// How long a trial may go without an outcome while its calls run.
    pub fn half_open_timeout(&self) -> Duration {
        self.half_open_timeout.unwrap_or(Self::HALF_OPEN_TIMEOUT)
    }

    /// The same, as a user would say it.
    pub fn builder(&self) -> Builder {
        let builder = CircuitBreaker::builder("reference")
            .window(self.window.build())
            .trip(self.rule.build())
            .retry(self.retry.build())
            .permit(self.permit.build())
            .max_half_open_calls(self.slots)
            .on_panic(self.on_panic)
            .on_cancel(self.on_cancel);
        match self.half_open_timeout {
            Some(longest) => builder.half_open_timeout(longest),
            None => builder,
        }
    }
}

/// A change of one setting while the breaker is in use.
#[derive(Clone, Debug)]
pub enum Change {
    Window(Window),
    Rule(Rule),
    Retry(Retry),
    Permit(Permit),
    Slots(u32),
    HalfOpenTimeout(Duration),
    OnPanic(Outcome),
    OnCancel(Outcome),
}

impl Change {
    pub fn of(&self, settings: &Settings) -> Settings {
        let settings = settings.clone();
        match self {
            Self::Window(window) => Settings { window: *window, ..settings },
            Self::Rule(rule) => Settings { rule: rule.clone(), ..settings },
            Self::Retry(retry) => Settings { retry: *retry, ..settings },
            Self::Permit(permit) => Settings { permit: *permit, ..settings },
            Self::Slots(slots) => Settings { slots: *slots, ..settings },
            Self::HalfOpenTimeout(longest) => Settings { half_open_timeout: Some(*longest), ..settings },
            Self::OnPanic(outcome) => Settings { on_panic: *outcome, ..settings },
            Self::OnCancel(outcome) => Settings { on_cancel: OnCancel::Outcome(*outcome), ..settings },
        }
    }

    /// The same, as a user would say it.
    pub fn build(&self) -> Changes {
        match self {
            Self::Window(window) => Changes::new().window(window.build()),
            Self::Rule(rule) => Changes::new().trip(rule.build()),
            Self::Retry(retry) => Changes::new().retry(retry.build()),
            Self::Permit(permit) => Changes::new().permit(permit.build()),
            Self::Slots(slots) => Changes::new().max_half_open_calls(*slots),
            Self::HalfOpenTimeout(longest) => Changes::new().half_open_timeout(*longest),
            Self::OnPanic(outcome) => Changes::new().on_panic(*outcome),
            Self::OnCancel(outcome) => Changes::new().on_cancel(*outcome),
        }
    }
}
