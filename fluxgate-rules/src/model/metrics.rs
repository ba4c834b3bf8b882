//! Figures for the calls in a window or a trial.

use core::fmt;
use core::ops::{AddAssign, Mul, SubAssign};
use core::time::Duration;

use crate::model::limits::MAX_THRESHOLDS;

/// What a rule needs to know about each call: at least its outcome, and perhaps its duration, when it ended, or that it
/// is running.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Measures {
    /// The thresholds of the rule's `slow_rate` conditions in nanoseconds, ascending, padded with zeros.
    pub thresholds: [u64; MAX_THRESHOLDS],
    /// Whether durations are summed: for `avg_latency`, and for `custom`, which may read the average.
    pub average: bool,
    /// Whether the time of the last success matters, for `failing_for`.
    pub recency: bool,
    /// Whether the number of running calls matters, for `in_flight`.
    pub in_flight: bool,
    /// The longest duration that reaches no threshold.
    fast: u64,
}

impl Measures {
    /// What a rule without durations measures.
    pub const NONE: Self = Self::new([0; MAX_THRESHOLDS], false);

    /// `thresholds` are in nanoseconds, padded with zeros.
    pub const fn new(thresholds: [u64; MAX_THRESHOLDS], average: bool) -> Self {
        let mut fast = u64::MAX;
        let mut place = 0;
        while place < MAX_THRESHOLDS {
            if thresholds[place] != 0 && thresholds[place] <= fast {
                fast = thresholds[place] - 1;
            }
            place += 1;
        }
        Self { thresholds, average, recency: false, in_flight: false, fast }
    }

    /// The same, also measuring the time since the last success.
    #[must_use]
    pub const fn with_recency(mut self, recency: bool) -> Self {
        self.recency = recency;
        self
    }

    /// The same, also counting running calls.
    #[must_use]
    pub const fn with_in_flight(mut self, in_flight: bool) -> Self {
        self.in_flight = in_flight;
        self
    }

    /// Whether calls have to be timed at all.
    pub const fn durations(&self) -> bool {
        self.average || self.has_thresholds()
    }

    /// Whether a call may be slow.
    pub const fn has_thresholds(&self) -> bool {
        self.thresholds[0] != 0
    }

    /// Whether every single outcome matters beyond the counts, or must be judged along with figures that outcomes do
    /// not change.
    pub const fn depend_on_each(&self) -> bool {
        self.average | self.recency | self.in_flight
    }

    /// The shortest duration that reaches a threshold.
    pub const fn slow_from(&self) -> u64 {
        self.fast.saturating_add(1)
    }

    /// The index of a threshold, if the rule uses it.
    pub const fn threshold(&self, nanos: u64) -> Option<usize> {
        let mut place = 0;
        while place < MAX_THRESHOLDS {
            if self.thresholds[place] == nanos && nanos != 0 {
                return Some(place);
            }
            place += 1;
        }
        None
    }
}

impl Default for Measures {
    fn default() -> Self {
        Self::NONE
    }
}

/// Counts of calls. Additive: tallies of buckets add up to the tally of a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Calls that succeeded or failed.
    pub total: u64,
    /// Calls that failed.
    pub failures: u64,
    /// Calls that reached each of [`Measures::thresholds`].
    pub slow: [u64; MAX_THRESHOLDS],
    /// The sum of all durations, in nanoseconds.
    pub latency: u128,
}

impl Tally {
    /// No call.
    pub const EMPTY: Self = Self { total: 0, failures: 0, slow: [0; MAX_THRESHOLDS], latency: 0 };
}

impl AddAssign for Tally {
    fn add_assign(&mut self, added: Self) {
        self.total += added.total;
        self.failures += added.failures;
        self.latency += added.latency;
        for (slow, added) in self.slow.iter_mut().zip(added.slow) {
            *slow += added;
        }
    }
}

/// The tally of this many identical calls.
impl Mul<u64> for Tally {
    type Output = Self;

    fn mul(self, count: u64) -> Self {
        Self {
            total: self.total * count,
            failures: self.failures * count,
            slow: self.slow.map(|slow| slow * count),
            latency: self.latency * u128::from(count),
        }
    }
}

impl SubAssign for Tally {
    fn sub_assign(&mut self, forgotten: Self) {
        self.total -= forgotten.total;
        self.failures -= forgotten.failures;
        self.latency -= forgotten.latency;
        for (slow, forgotten) in self.slow.iter_mut().zip(forgotten.slow) {
            *slow -= forgotten;
        }
    }
}

/// Figures for a breaker's recent calls: those in its window, or in its trial while one is running.
///
/// `CircuitBreaker::metrics` returns them, and a `custom` condition receives them. No figure includes ignored calls.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Metrics {
    tally: Tally,
    streak: u32,
    /// The number of running calls, if measured.
    in_flight: u32,
    /// The time without a success in nanoseconds, if measured.
    since_success: u64,
    measures: Measures,
}

impl Metrics {
    /// From a tally, the length of the failure streak, and what was measured.
    #[doc(hidden)]
    pub const fn new(tally: Tally, streak: u32, measures: Measures) -> Self {
        Self { tally, streak, in_flight: 0, since_success: 0, measures }
    }

    /// The same, with no success for this many nanoseconds.
    #[doc(hidden)]
    #[must_use]
    pub const fn after_success(self, since_success: u64) -> Self {
        Self { since_success, ..self }
    }

    /// The time without a success, in nanoseconds.
    #[doc(hidden)]
    pub const fn since_success(&self) -> u64 {
        self.since_success
    }

    /// The same, with this many calls running, if that is measured.
    #[doc(hidden)]
    #[must_use]
    pub const fn while_running(mut self, calls: u32) -> Self {
        if self.measures.in_flight {
            self.in_flight = calls;
        }
        self
    }

    /// The number of running calls.
    #[doc(hidden)]
    pub const fn running(&self) -> u32 {
        self.in_flight
    }

    /// The counts themselves.
    #[doc(hidden)]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What was measured besides outcomes.
    #[doc(hidden)]
    pub const fn measures(&self) -> &Measures {
        &self.measures
    }

    /// How many calls succeeded or failed.
    pub const fn total(&self) -> u64 {
        self.tally.total
    }

    /// How many of them failed.
    pub const fn failures(&self) -> u64 {
        self.tally.failures
    }

    /// The share that failed, from 0 to 1; `None` before the first call.
    pub const fn failure_rate(&self) -> Option<f64> {
        share(self.tally.failures, self.tally.total)
    }

    /// How many calls took `threshold` or longer; `None` if no `slow_rate` of the rule names that threshold.
    pub const fn slow(&self, threshold: Duration) -> Option<u64> {
        match self.measures.threshold(nanos(threshold)) {
            Some(place) => Some(self.tally.slow[place]),
            None => None,
        }
    }

    /// The share of calls that took `threshold` or longer, from 0 to 1; `None` before the first call, or if no `slow_rate` of the
    /// rule names that threshold.
    pub const fn slow_rate(&self, threshold: Duration) -> Option<f64> {
        match self.slow(threshold) {
            Some(slow) => share(slow, self.tally.total),
            None => None,
        }
    }

    /// The mean duration, rounded down to nanoseconds; `None` before the first call, or if the rule has neither
    /// `avg_latency` nor `custom`, since durations are not summed then.
    pub const fn avg_latency(&self) -> Option<Duration> {
        if !self.measures.average || self.tally.total == 0 {
            return None;
        }
        let mean = self.tally.latency / self.tally.total as u128;
        Some(Duration::from_nanos(if mean > u64::MAX as u128 { u64::MAX } else { mean as u64 }))
    }

    /// How many calls have failed in a row, up to the last one and regardless of the window.
    pub const fn failure_streak(&self) -> u32 {
        self.streak
    }

    /// How long no call has succeeded, in any state, if the last one failed; zero if it succeeded. `None` if the rule
    /// has no `failing_for`.
    pub const fn failing_for(&self) -> Option<Duration> {
        match (self.measures.recency, self.streak) {
            (false, _) => None,
            (true, 0) => Some(Duration::ZERO),
            (true, _) => Some(Duration::from_nanos(self.since_success)),
        }
    }

    /// How many calls admitted since the current state began are still running. While the breaker is open, forced open
    /// or disabled: how many were running when it left the last state that records calls. `None` if the rule has no
    /// `in_flight`, since running calls are not counted then.
    pub const fn in_flight(&self) -> Option<u64> {
        if self.measures.in_flight { Some(self.in_flight as u64) } else { None }
    }

    /// The thresholds that [`slow`](Self::slow) accepts: those of the rule's `slow_rate` conditions, from the shortest to the longest.
    pub fn thresholds(&self) -> impl Iterator<Item = Duration> {
        self.measures.thresholds.into_iter().take_while(|nanos| *nanos != 0).map(Duration::from_nanos)
    }
}

/// Shows only what was measured, named like the methods.
#[expect(clippy::missing_fields_in_debug, reason = "fields that were not measured mean nothing")]
impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut figures = formatter.debug_struct("Metrics");
        figures.field("total", &self.total()).field("failures", &self.failures());
        figures.field("failure_streak", &self.streak);
        for (threshold, slow) in self.thresholds().zip(self.tally.slow) {
            figures.field(&format!("slow({threshold:?})"), &slow);
        }
        if let Some(mean) = self.avg_latency() {
            figures.field("avg_latency", &mean);
        }
        if let Some(failing_for) = self.failing_for() {
            figures.field("failing_for", &failing_for);
        }
        if let Some(in_flight) = self.in_flight() {
            figures.field("in_flight", &in_flight);
        }
        figures.finish()
    }
}

const fn share(part: u64, whole: u64) -> Option<f64> {
    if whole == 0 { None } else { Some(part as f64 / whole as f64) }
}

/// A duration in nanoseconds, capped at 584 years.
pub const fn nanos(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 }
}

#[cfg(test)]
mod tests {
    use super::{MAX_THRESHOLDS, Measures, Metrics, Tally, nanos};
    use core::time::Duration;

    const MEASURES: Measures = Measures::new([20, 10, 0, 0], true);

    #[test]
    fn durations_are_measured_only_for_thresholds_and_averages() {
        assert!(!Measures::NONE.durations());
        assert!(Measures::new([0; MAX_THRESHOLDS], true).durations());
        assert!(Measures::new([1, 0, 0, 0], false).durations());
    }

    #[test]
    fn durations_below_every_threshold_are_fast() {
        let full = Measures::new([40, 30, 20, 10], false);
        assert_eq!([full, MEASURES, Measures::NONE].map(|measures| measures.slow_from()), [10, 10, u64::MAX]);
    }

    #[test]
    fn thresholds_have_indices() {
        assert_eq!([20, 10, 30, 0].map(|nanos| MEASURES.threshold(nanos)), [Some(0), Some(1), None, None]);
        let full = Measures::new([40, 30, 20, 10], false);
        assert_eq!(full.threshold(10), Some(3));
    }

    #[test]
    fn tallies_are_added_and_subtracted() {
        let one = Tally { total: 1, failures: 2, slow: [3, 4, 5, 6], latency: 7 };
        let other = Tally { total: 10, failures: 20, slow: [30, 40, 50, 60], latency: 70 };
        let both = Tally { total: 11, failures: 22, slow: [33, 44, 55, 66], latency: 77 };
        let mut tally = one;
        tally += other;
        assert_eq!(tally, both);
        tally -= one;
        assert_eq!(tally, other);
        for (times, product) in [(0, Tally::EMPTY), (1, one), (10, other)] {
            assert_eq!(one * times, product);
        }
    }

    #[test]
    fn metrics_return_only_what_was_measured() {
        let [ten, twenty, thirty] = [10, 20, 30].map(Duration::from_nanos);
        let tally = Tally { total: 4, failures: 1, slow: [2, 3, 0, 0], latency: 43 };
        let metrics = Metrics::new(tally, 7, MEASURES);
        assert_eq!((metrics.total(), metrics.failures(), metrics.failure_streak()), (4, 1, 7));
        assert_eq!(metrics.failure_rate(), Some(0.25));
        assert_eq!((metrics.slow(twenty), metrics.slow(ten), metrics.slow(thirty)), (Some(2), Some(3), None));
        assert_eq!(metrics.slow_rate(twenty), Some(0.5));
        assert_eq!(metrics.slow_rate(thirty), None);
        assert_eq!(metrics.avg_latency(), Some(ten));
        assert_eq!((metrics.tally(), metrics.measures()), (&tally, &MEASURES));
        assert_eq!(metrics.thresholds().collect::<Vec<_>>(), [twenty, ten]);
        assert_eq!(
            format!("{metrics:?}"),
            "Metrics { total: 4, failures: 1, failure_streak: 7, slow(20ns): 2, slow(10ns): 3, avg_latency: 10ns }"
        );

        assert_eq!((metrics.failing_for(), metrics.in_flight()), (None, None));
        assert_eq!(metrics.while_running(3).running(), 0);
        let all = MEASURES.with_recency(true).with_in_flight(true);
        let metrics = Metrics::new(tally, 7, all).after_success(30).while_running(3);
        assert_eq!((metrics.failing_for(), metrics.in_flight()), (Some(thirty), Some(3)));
        assert_eq!(Metrics::new(tally, 0, all).after_success(30).failing_for(), Some(Duration::ZERO));
        let text = format!("{metrics:?}");
        assert!(text.ends_with("avg_latency: 10ns, failing_for: 30ns, in_flight: 3 }"), "{text}");

        let empty = Metrics::new(Tally::EMPTY, 0, MEASURES);
        assert_eq!((empty.failure_rate(), empty.slow_rate(ten), empty.avg_latency()), (None, None, None));
        assert_eq!(Metrics::new(tally, 0, Measures::NONE).avg_latency(), None);
    }

    #[test]
    fn oversized_durations_saturate() {
        let longest = Duration::from_nanos(u64::MAX);
        assert_eq!((nanos(longest), nanos(Duration::MAX)), (u64::MAX, u64::MAX));
        assert_eq!(nanos(Duration::from_secs(u64::MAX / 7)), u64::MAX);
        let metrics = |latency| Metrics::new(Tally { total: 1, latency, ..Tally::EMPTY }, 0, MEASURES);
        assert_eq!(metrics(u128::MAX).avg_latency(), Some(longest));
        assert_eq!(metrics(u128::from(u64::MAX) + 1).avg_latency(), Some(longest));
    }
}
