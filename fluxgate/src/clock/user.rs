//! Users' clocks, which may do anything, and the timeline that breakers derive from them.

use std::time::Duration;

use fluxgate_rules::metrics::nanos;

use crate::callback::contain;
use crate::sync::{Arc, RwLock};

/// A clock for one breaker or one family of breakers, set with [`Builder::clock`](crate::Builder::clock), or for all that have none, set
/// with [`set_clock`](crate::set_clock).
///
/// Its zero may be any instant. Whatever it returns, a breaker's own time never goes back:
///
/// - It advances as the clock advances. A jump ahead counts as elapsed time, but at most a year at once.
/// - A step back counts as nothing, and time goes on from there. Once the clock is back at its previous maximum, or beyond, time is
///   what it would have been without the detour, or stays as it is, if that is later. So a clock that jumps ahead and back, once or
///   repeatedly, does not make time race. While a clock is behind by less than a millisecond, as happens when threads overtake each
///   other, time stands still.
/// - Time also stands still while the clock stands still or panics.
///
/// No lock is held while the clock is read, so it may use breakers; if those read the same clock, the recursion never ends.
///
/// ```
/// use std::time::Duration;
///
/// /// A clock that stands still.
/// struct Still;
///
/// impl fluxgate::Clock for Still {
///     fn now(&self) -> Duration {
///         Duration::from_secs(7)
///     }
/// }
///
/// let breaker = fluxgate::CircuitBreaker::builder("still").clock(Still).build()?;
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The time since a fixed instant.
    fn now(&self) -> Duration;
}

/// A user's clock, and the timeline derived from it. Two timelines of one clock may differ: one breaker may read it during a detour that
/// another misses.
pub(crate) struct UserClock {
    clock: Arc<dyn Clock>,
    timeline: RwLock<Timeline>,
}

impl UserClock {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, timeline: RwLock::new(Timeline::new()) }
    }

    /// The current time. The user's clock is read before the lock is taken.
    #[inline(never)]
    pub(crate) fn now(&self) -> u64 {
        let reading = contain(|| self.clock.now());
        let mut timeline = self.timeline.write();
        if let Some(reading) = reading {
            timeline.advance(reading);
        }
        timeline.now
    }
}

/// A monotonic time derived from readings in any order.
struct Timeline {
    now: u64,
    /// The reading from which time goes on: the latest that moved time forward or was a step back.
    reading: Option<Duration>,
    /// The highest reading ever, and the time that it stood for.
    peak: (Duration, u64),
}

/// Steps back shorter than this are ignored: threads overtake each other between reading the clock and reporting the reading.
const TOLERANCE: Duration = Duration::from_millis(1);
/// The most that one step ahead counts for, so that no clock can exhaust time, after which it would stand still, in a few steps.
const LONGEST_STEP: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The latest start of the timeline: 146 of the available 584 years. Up to there, time windows count from the clock's own zero.
const LATEST_START: u64 = u64::MAX / 4;

impl Timeline {
    const fn new() -> Self {
        Self { now: 0, reading: None, peak: (Duration::ZERO, 0) }
    }

    fn advance(&mut self, reading: Duration) {
        let Some(last) = self.reading else {
            self.now = nanos(reading).min(LATEST_START);
            self.reading = Some(reading);
            self.peak = (reading, self.now);
            return;
        };
        let after = |time: u64, step: Duration| time.saturating_add(nanos(step.min(LONGEST_STEP)));
        let (highest, then) = self.peak;
        if let Some(step) = reading.checked_sub(highest) {
            // Without a detour, the second of these is the greater. After one, the way back up does not count twice.
            self.now = self.now.max(after(then, step));
            self.peak = (reading, self.now);
        } else if let Some(step) = reading.checked_sub(last) {
            self.now = after(self.now, step);
        } else if last.saturating_sub(reading) < TOLERANCE {
            return;
        }
        self.reading = Some(reading);
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Clock, Duration, LATEST_START, Timeline, UserClock};
    use std::sync::Mutex;

    const HOUR: u64 = 3_600;
    const YEAR: u64 = 365 * 24 * HOUR;

    /// The time after each of the readings, all in seconds.
    fn shown(readings: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut timeline = Timeline::new();
        let shown = readings.into_iter().map(|reading| {
            timeline.advance(Duration::from_secs(reading));
            timeline.now / 1_000_000_000
        });
        shown.collect()
    }

    #[test]
    fn the_time_is_what_an_honest_clock_shows() {
        assert_eq!(shown([7, 7, 8, 8, 20, HOUR]), [7, 7, 8, 8, 20, HOUR]);
    }

    #[test]
    fn a_step_back_counts_as_nothing() {
        assert_eq!(shown([HOUR, 0, 1, 2, 60]), [HOUR, HOUR, HOUR + 1, HOUR + 2, HOUR + 60]);
        // Once the clock has caught up, time continues from where it was.
        assert_eq!(shown([100, 90, 95, 100, 101, 111]), [100, 100, 105, 105, 106, 116]);
        assert_eq!(shown([100, 0, 200, 201]), [100, 100, 200, 201]);
    }

    #[test]
    fn a_jump_ahead_and_back_counts_once() {
        assert_eq!(shown([0, HOUR, 1, 2]), [0, HOUR, HOUR, HOUR + 1]);
        let swinging = (0..1_000).map(|nth| if nth % 2 == 0 { nth } else { HOUR + nth });
        assert_eq!(shown(swinging).last(), Some(&(HOUR + 999)));
        // Like a clock that returns zero when it fails.
        let failing = (1..1_000).map(|nth| if nth % 2 == 0 { 0 } else { 50 * YEAR + nth });
        assert_eq!(shown(failing).last(), Some(&(50 * YEAR + 999)));
    }

    #[test]
    fn the_farthest_jump_does_not_exhaust_time() {
        assert_eq!(shown([5, u64::MAX, 6, 7]), [5, YEAR + 5, YEAR + 5, YEAR + 6]);
        let mut timeline = Timeline::new();
        for _ in 0..100_000 {
            timeline.advance(Duration::MAX);
            timeline.advance(Duration::ZERO);
        }
        let before = timeline.now;
        timeline.advance(Duration::from_secs(1));
        assert_eq!(timeline.now, before + 1_000_000_000);
        assert!(before <= LATEST_START);
    }

    #[test]
    fn zero_may_be_any_instant() {
        let mut timeline = Timeline::new();
        let start = Duration::from_secs(u64::MAX - 10);
        for second in 0..10 {
            timeline.advance(start + Duration::from_secs(second));
            assert_eq!(timeline.now, LATEST_START + second * 1_000_000_000);
        }
    }

    /// Threads read the clock, then report the reading; in whatever order they report, no step counts twice.
    #[test]
    fn threads_may_overtake_each_other() {
        let mut timeline = Timeline::new();
        let mut readings: Vec<u64> = (0..10_000).map(|nth| nth * 50).collect();
        for group in readings.chunks_mut(4) {
            group.reverse();
        }
        for base in [7_200_000_000_000, 0] {
            // The second round follows a step back, with the highest reading far away.
            let start = timeline.now;
            for reading in &readings {
                timeline.advance(Duration::from_nanos(base + reading));
            }
            let first = if start == 0 { base } else { start };
            assert!(timeline.now.abs_diff(first + 9_999 * 50) <= 200, "{}", timeline.now);
        }
    }

    #[test]
    fn time_stands_still_while_the_clock_panics() {
        struct Failing(Mutex<Vec<Option<u64>>>);

        impl Clock for Failing {
            fn now(&self) -> Duration {
                let next = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
                Duration::from_secs(next.flatten().expect("one that panics"))
            }
        }

        let readings = vec![Some(9), None, None, Some(7), None];
        let clock = UserClock::new(Arc::new(Failing(Mutex::new(readings))));
        let shown = [(); 7].map(|()| clock.now() / 1_000_000_000);
        assert_eq!(shown, [0, 7, 7, 7, 9, 9, 9]);
    }
}
