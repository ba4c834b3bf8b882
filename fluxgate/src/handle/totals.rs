//! Counts and times over a breaker's life.

use core::fmt;
use std::time::Duration;

use crate::engine::guard::Guard;
use crate::engine::totals::Counts;
use crate::state::State;

/// Counts since the breaker was made. None of them ever goes back, not even after a reset or with new settings. Calls that were admitted
/// while it was disabled are not counted.
///
/// An outcome that was recorded is in exactly one of `successes`, `failures`, `ignored` and `late`. Calls that never returned are also in
/// `cancelled` or `panicked`, whatever they count as. With the feature `serde`, they serialize as an object.
///
/// ```
/// # use fluxgate::{CircuitBreaker, trip};
/// let breaker = CircuitBreaker::builder("payments").trip(trip::failure_streak(2)).build()?;
/// for _ in 0..5 {
///     let _ = breaker.call(|| Err::<(), _>("down"));
/// }
/// breaker.reset();
/// let totals = breaker.snapshot().totals;
/// assert_eq!((totals.failures, totals.refused, totals.successes), (2, 3, None));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Totals {
    /// Successes of calls admitted since the breaker began to [count calls](crate::CircuitBreaker::count_calls); `None` if it never did.
    pub successes: Option<u64>,
    /// Failures, with the panics and cancelled calls that count as such.
    pub failures: u64,
    /// Calls that say nothing about the dependency, with the panics and cancelled calls that count as such, admitted since the breaker
    /// began to count calls; `None` if it never did.
    pub ignored: Option<u64>,
    /// How many successes and failures took as long as the shortest duration that a `slow_rate` of the rule names; 0 if there is no
    /// `slow_rate`. Successes are included even if they are not counted; outcomes that came too late are not, but running calls that were
    /// slow when they [opened the breaker](crate::trip::in_flight) are.
    pub slow: u64,
    /// Calls that were not admitted.
    pub refused: u64,
    /// Successes and failures that came too late to count, because the breaker had begun another generation.
    pub late: u64,
    /// Calls that were cancelled before they had an outcome.
    pub cancelled: u64,
    /// Calls that panicked.
    pub panicked: u64,
}

impl Totals {
    pub(super) fn of(guard: &mut Guard<'_>) -> Self {
        let breaker = guard.breaker;
        let Counts { failures, slow, refused, cancelled, panicked, .. } = guard.counts;
        let late = guard.late();
        let (successes, ignored) = breaker.counted().unzip();
        let refused = refused + guard.rejected();
        Self { successes, failures, ignored, slow, refused, late, cancelled, panicked }
    }

    /// Adds what a breaker has counted between two readings.
    pub(super) fn grow(&mut self, before: &Self, now: &Self) {
        let growth = |of: fn(&Self) -> u64| of(now).saturating_sub(of(before));
        self.failures += growth(|totals| totals.failures);
        self.slow += growth(|totals| totals.slow);
        self.refused += growth(|totals| totals.refused);
        self.late += growth(|totals| totals.late);
        self.cancelled += growth(|totals| totals.cancelled);
        self.panicked += growth(|totals| totals.panicked);
        if now.successes.is_some() {
            *self.successes.get_or_insert(0) += growth(|totals| totals.successes.unwrap_or(0));
        }
        if now.ignored.is_some() {
            *self.ignored.get_or_insert(0) += growth(|totals| totals.ignored.unwrap_or(0));
        }
    }
}

/// How long a breaker has been in each state over its life. With the feature `serde`, it serializes as an object of seconds.
///
/// ```
/// # use fluxgate::{CircuitBreaker, State};
/// # use std::time::Duration;
/// let breaker = CircuitBreaker::builder("payments").build()?;
/// let spent = breaker.snapshot().spent;
/// assert_eq!(spent.of(State::Open), Duration::ZERO);
/// assert!(format!("{spent:?}").contains("Open: 0ns"));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent([Duration; State::ALL.len()]);

impl Spent {
    /// How long it has been in this state, including the current stay.
    pub fn of(&self, state: State) -> Duration {
        self.iter().find(|(of, _)| *of == state).map_or(Duration::ZERO, |(_, spent)| spent)
    }

    /// Each state, and how long the breaker has been in it.
    pub fn iter(&self) -> impl Iterator<Item = (State, Duration)> {
        State::ALL.into_iter().zip(self.0)
    }

    /// Adds the time between two readings of a breaker.
    pub(super) fn grow(&mut self, before: &Self, now: &Self) {
        for ((sum, before), now) in self.0.iter_mut().zip(before.0).zip(now.0) {
            *sum = sum.saturating_add(now.saturating_sub(before));
        }
    }

    /// Reads the times; the current stay, in `state`, has lasted for `stay` nanoseconds.
    pub(super) fn read(guard: &Guard<'_>, state: State, stay: u64) -> Self {
        let spent = guard.events.as_ref().map_or([0; State::ALL.len()], |events| events.spent());
        let mut spent = Self(spent.map(Duration::from_nanos));
        for (of, spent) in State::ALL.iter().zip(&mut spent.0) {
            if *of == state {
                *spent += Duration::from_nanos(stay);
            }
        }
        spent
    }
}

/// By state.
impl fmt::Debug for Spent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Spent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(state, spent)| (state, spent.as_secs_f64())))
    }
}
