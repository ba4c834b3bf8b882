//! The time: monotonic, in nanoseconds, never the wall clock.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fluxgate_rules::metrics::nanos;

use crate::callback::contain;

/// A clock for a breaker: [`Builder::clock`](crate::Builder::clock).
///
/// Its zero may be any instant. A clock that stands still, goes back or jumps ahead does a breaker no harm.
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

/// A clock that moves only when told to. Clones show the same time.
#[cfg(feature = "test-util")]
#[derive(Clone, Debug, Default)]
pub struct ManualClock(std::sync::Arc<AtomicU64>);

#[cfg(feature = "test-util")]
impl ManualClock {
    /// A clock that shows zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock forward. It stops at 584 years.
    pub fn advance(&self, duration: Duration) {
        let advanced = |now: u64| Some(now.saturating_add(nanos(duration)));
        // This cannot fail: the function always returns `Some`.
        let _ = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, advanced);
    }
}

#[cfg(feature = "test-util")]
impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Acquire))
    }
}

/// The time that never comes.
pub(crate) const NEVER: u64 = u64::MAX;

static EPOCH: OnceLock<Instant> = OnceLock::new();
static COUNTER: OnceLock<Counter> = OnceLock::new();

/// The time of the process. It comes from the processor's counter, which costs half as much to read, once that is calibrated and
/// if it can be trusted; otherwise from the operating system's clock, on the same timeline. The counters of two processors may
/// differ by some nanoseconds, so always use saturating subtraction.
#[inline]
pub(crate) fn now() -> u64 {
    COUNTER.get().map_or_else(instant, Counter::now)
}

/// The time of a user's clock. If it panics, the time is zero, which is in the past and does no harm.
#[inline(never)]
pub(crate) fn of(clock: &dyn Clock) -> u64 {
    nanos(contain(|| clock.now()).unwrap_or_default())
}

/// Makes [`now`] read the processor's counter from now on. This takes about half a millisecond, once, so it is done only for
/// breakers that read the clock often: those that time calls or have a time window, and those that open. Other threads do not
/// wait for it.
pub(crate) fn calibrate() {
    static STARTED: AtomicBool = AtomicBool::new(false);
    if !STARTED.swap(true, Ordering::Relaxed) {
        let clock = quanta::Clock::new();
        let factor = clock.delta_as_nanos(0, 1 << SCALE);
        let (ticks, now) = (clock.raw(), instant());
        // It cannot have been set: only the first caller gets here.
        let _ = COUNTER.set(Counter {
            clock,
            factor,
            offset: AtomicU64::new(now.wrapping_sub(scale(ticks, factor))),
            trusted_from: AtomicU64::new(ticks.wrapping_sub(TRUSTED)),
        });
    }
}

/// The processor's counter, regularly re-anchored to the operating system's clock, because sleep may stop or reset the counter.
struct Counter {
    clock: quanta::Clock,
    /// Nanoseconds in `1 << SCALE` ticks.
    factor: u64,
    /// What to add to the scaled ticks.
    offset: AtomicU64,
    /// The offset was measured `TRUSTED` ticks after this, and is trusted for another `TRUSTED` ticks.
    trusted_from: AtomicU64,
}

const SCALE: u32 = 40;
/// 0.7 s at 3 GHz.
const TRUSTED: u64 = 1 << 31;

impl Counter {
    #[inline]
    fn now(&self) -> u64 {
        let ticks = self.clock.raw();
        if ticks.wrapping_sub(self.trusted_from.load(Ordering::Acquire)) < 2 * TRUSTED {
            scale(ticks, self.factor).wrapping_add(self.offset.load(Ordering::Relaxed))
        } else {
            self.anchor(ticks)
        }
    }

    /// Never steps back: if the counter ran ahead, it keeps its lead. Only the value of a counter that was itself set back is
    /// ignored.
    #[cold]
    fn anchor(&self, ticks: u64) -> u64 {
        let scaled = scale(ticks, self.factor);
        let shown = scaled.wrapping_add(self.offset.load(Ordering::Relaxed));
        let set_back = ticks < self.trusted_from.load(Ordering::Acquire);
        let now = if set_back { instant() } else { instant().max(shown) };
        self.offset.store(now.wrapping_sub(scaled), Ordering::Relaxed);
        self.trusted_from.store(ticks.wrapping_sub(TRUSTED), Ordering::Release);
        now
    }
}

#[inline]
fn scale(ticks: u64, factor: u64) -> u64 {
    ((u128::from(ticks) * u128::from(factor)) >> SCALE) as u64
}

#[cold]
fn instant() -> u64 {
    EPOCH.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

#[cfg(test)]
mod tests {
    use super::{AtomicU64, Counter, SCALE, TRUSTED, calibrate, instant, now, scale};

    const MILLISECOND: u64 = 1_000_000;
    const DAY: u64 = 86_400_000 * MILLISECOND;

    /// A counter of nanoseconds that shows `lead` more than there are.
    fn counter(lead: u64, trusted_from: u64) -> Counter {
        let clock = quanta::Clock::new();
        Counter {
            clock,
            factor: 1 << SCALE,
            offset: AtomicU64::new(lead),
            trusted_from: AtomicU64::new(trusted_from),
        }
    }

    #[test]
    fn calibration_keeps_the_timeline() {
        let before = now();
        calibrate();
        let after = now();
        assert!(before <= after);
        assert!(after <= now());
    }

    /// The counter's rate is a measured one, so the two may differ by a part of the time that has passed.
    #[test]
    fn the_counter_and_the_system_agree() {
        calibrate();
        let start = instant();
        loop {
            let (earliest, shown, latest) = (instant(), now(), instant());
            let slack = MILLISECOND + (latest - start) / 10;
            assert!(shown + slack >= earliest, "{shown} is behind {earliest}");
            assert!(shown <= latest + slack, "{shown} is ahead of {latest}");
            if latest - start > 20 * MILLISECOND {
                break;
            }
        }
    }

    #[test]
    fn ticks_are_scaled_without_overflow() {
        assert_eq!(scale(7, 1 << SCALE), 7);
        assert_eq!(scale(7, 1 << (SCALE - 1)), 3);
        assert_eq!(scale(7, 3 << SCALE), 21);
        assert_eq!(scale(u64::MAX, 1 << SCALE), u64::MAX);
    }

    #[test]
    fn a_counter_that_ran_ahead_keeps_its_lead() {
        let counter = counter(DAY, TRUSTED);
        assert_eq!(counter.anchor(3 * TRUSTED), DAY + 3 * TRUSTED);
        // From there it goes on, though it is the very tick from which it is trusted.
        assert_eq!(counter.anchor(2 * TRUSTED), DAY + 2 * TRUSTED);
        assert!(counter.now() >= DAY);
    }

    #[test]
    fn a_counter_that_fell_behind_or_was_set_back_is_set_right() {
        for (lead, ticks, trusted_from) in [(0, 0, 0), (DAY, 5, 6)] {
            let counter = counter(lead, trusted_from);
            let (earliest, shown, latest) = (instant(), counter.anchor(ticks), instant());
            assert!((earliest..=latest).contains(&shown), "{shown}");
        }
    }
}
