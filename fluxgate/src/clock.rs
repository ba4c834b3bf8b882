//! The time: monotonic, in nanoseconds, never the wall clock.

mod counter;
mod ticks;
mod user;

use core::fmt;
use std::time::{Duration, Instant, SystemTime};

use once_cell::race::OnceBox;

pub(crate) use self::counter::{Counter, TimeSource};
pub use self::user::Clock;
pub(crate) use self::user::UserClock;
#[cfg(all(feature = "tokio", feature = "test-util"))]
use crate::callback::contain;

/// A clock that moves only when it is advanced. Clones share the same time.
#[cfg(feature = "test-util")]
#[derive(Clone, Debug, Default)]
pub struct ManualClock(std::sync::Arc<crate::sync::native::AtomicU64>);

#[cfg(feature = "test-util")]
impl ManualClock {
    /// A clock at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock forward. It stops at 584 years. As with any [clock](Clock), a breaker counts a jump ahead as at most a year.
    pub fn advance(&self, duration: Duration) {
        use std::sync::atomic::Ordering;
        let advanced = |now: u64| Some(now.saturating_add(fluxgate_rules::metrics::nanos(duration)));
        // Cannot fail: the closure always returns `Some`.
        #[allow(deprecated, reason = "its new name, `try_update`, needs Rust 1.95")]
        let _ = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, advanced);
    }
}

#[cfg(feature = "test-util")]
impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(std::sync::atomic::Ordering::Acquire))
    }
}

/// A time that never comes.
pub(crate) const NEVER: u64 = u64::MAX;

/// Whether tokio's timers work here. They ask the standard library for the time.
pub(crate) const TARGET_HAS_TIMERS: bool = !cfg!(all(target_family = "wasm", target_os = "unknown"));

/// Whether the standard library has a clock here. On `wasm32-unknown-unknown` it has none, and asking for the time panics.
/// `fluxgate_no_clock` simulates that elsewhere.
pub(crate) const TARGET_HAS_CLOCK: bool = TARGET_HAS_TIMERS && !cfg!(fluxgate_no_clock);

/// The clock of the process, chosen on first use.
static PROCESS_CLOCK: OnceBox<ProcessClock> = OnceBox::new();

enum ProcessClock {
    System {
        epoch: Instant,
        /// Whether the processor's counter can be trusted.
        has_counter: bool,
    },
    User(UserClock),
}

/// Sets the clock for all breakers that have none of their own. Call it once, before the first of them is used, ideally at the
/// beginning of `main`.
///
/// A program for `wasm32-unknown-unknown` has no other clock, so [there](crate#targets) breakers need this wherever time matters.
/// Only there may it be set later.
///
/// ```
/// # use std::time::{Duration, Instant};
/// struct Uptime(Instant);
///
/// impl fluxgate::Clock for Uptime {
///     fn now(&self) -> Duration {
///         self.0.elapsed()
///     }
/// }
///
/// fluxgate::set_clock(Uptime(Instant::now()))?;
/// assert!(fluxgate::set_clock(Uptime(Instant::now())).is_err(), "once is enough");
/// # Ok::<(), fluxgate::SetClockError>(())
/// ```
///
/// # Errors
/// The time has already been read, or another clock has been set: a breaker cannot change its clock.
pub fn set_clock(clock: impl Clock) -> Result<(), SetClockError> {
    let clock = ProcessClock::User(UserClock::new(std::sync::Arc::new(clock)));
    PROCESS_CLOCK.set(Box::new(clock)).map_err(|_| SetClockError(()))
}

/// It is too late to [set a clock](set_clock): a breaker has already read the time, or another clock has been set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SetClockError(());

impl fmt::Display for SetClockError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "the clock cannot be set any more: a breaker has read the time, or another clock has been set; \
             call `fluxgate::set_clock` once, at the beginning of `main`",
        )
    }
}

impl std::error::Error for SetClockError {}

/// The time of the process: from the processor's counter, which is half as expensive to read, if it can be trusted and its rate is
/// known; otherwise from the operating system's clock, on the same timeline; or from the clock that the user has set. The counters
/// of two processors may differ by a few nanoseconds, so always use saturating subtraction.
#[cfg(not(all(feature = "tokio", feature = "test-util")))]
#[inline]
pub(crate) fn now() -> u64 {
    COUNTER.read().unwrap_or_else(read)
}

/// The same in tests under tokio: tokio's clock, which a test may have paused. Unless paused, it is the system's.
#[cfg(all(feature = "tokio", feature = "test-util"))]
pub(crate) fn now() -> u64 {
    match process_clock() {
        Some(ProcessClock::System { epoch, .. }) => {
            // This panics in the destructors of a thread that has used tokio, whose own value is gone by then.
            let instant = contain(|| tokio::time::Instant::now().into_std());
            nanos_at(instant.unwrap_or_else(Instant::now), *epoch)
        }
        _ => read(),
    }
}

/// The time of the system's clock at this instant.
fn nanos_at(instant: Instant, epoch: Instant) -> u64 {
    (instant + BEFORE_EPOCH).saturating_duration_since(epoch).as_nanos() as u64
}

/// How far the timeline reaches back before the epoch. A test may have paused tokio's clock before the epoch; without this, the first
/// part of what it then advances would be lost.
const BEFORE_EPOCH: Duration = if cfg!(all(feature = "tokio", feature = "test-util")) {
    Duration::from_secs(3_600)
} else {
    Duration::ZERO
};

#[cold]
fn read() -> u64 {
    match process_clock() {
        Some(ProcessClock::System { has_counter: true, .. }) => COUNTER.renew(),
        Some(ProcessClock::System { epoch, .. }) => nanos_at(Instant::now(), *epoch),
        Some(ProcessClock::User(clock)) => clock.now(),
        None => 0,
    }
}

fn process_clock() -> Option<&'static ProcessClock> {
    if TARGET_HAS_CLOCK {
        let system = || ProcessClock::System { epoch: Instant::now(), has_counter: ticks::are_invariant() };
        Some(PROCESS_CLOCK.get_or_init(|| Box::new(system())))
    } else {
        PROCESS_CLOCK.get()
    }
}

/// The system's clock, if there is one.
pub(crate) fn system_clock() -> Option<Instant> {
    TARGET_HAS_CLOCK.then(Instant::now)
}

/// The wall clock, if there is one.
pub(crate) fn wall_clock() -> Option<SystemTime> {
    TARGET_HAS_CLOCK.then(SystemTime::now)
}

/// Milliseconds since 1970, or 0.
pub(crate) fn unix_milliseconds() -> u64 {
    let since = wall_clock().and_then(|now| now.duration_since(SystemTime::UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_millis() as u64)
}

/// Whether time passes at all for breakers without a clock of their own.
#[inline]
pub(crate) fn is_there() -> bool {
    TARGET_HAS_CLOCK || PROCESS_CLOCK.get().is_some()
}

/// Whether the process's clock is, or may still become, a user's, which must not be read under a lock.
pub(crate) fn may_be_users() -> bool {
    !matches!(process_clock(), Some(ProcessClock::System { .. }))
}

#[cfg(not(fluxgate_loom))]
static COUNTER: Counter<Processor> = Counter::new(Processor);
#[cfg(fluxgate_loom)]
loom::lazy_static! {
    static ref COUNTER: Counter<Processor> = Counter::new(Processor);
}

struct Processor;

impl TimeSource for Processor {
    #[inline]
    fn ticks(&self) -> u64 {
        ticks::read()
    }

    fn nanos(&self) -> u64 {
        match PROCESS_CLOCK.get() {
            Some(ProcessClock::System { epoch, .. }) => nanos_at(Instant::now(), *epoch),
            _ => 0,
        }
    }
}

/// Waits until the counter is in use, if it can be. For benchmarks.
pub(crate) fn settle() {
    for _ in 0..20 {
        now();
        if COUNTER.read().is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(all(test, not(fluxgate_loom), not(fluxgate_no_clock)))]
mod tests {
    use super::{COUNTER, TimeSource, is_there, may_be_users, now, settle};

    const MILLISECOND: u64 = 1_000_000;

    #[test]
    fn the_counter_keeps_the_timeline() {
        let before = now();
        settle();
        let after = now();
        assert!(before <= after && after <= now());
        assert!(is_there() && !may_be_users());
    }

    /// The counter's rate is measured, so the two may diverge by a fraction of the elapsed time.
    #[test]
    fn the_counter_and_the_system_agree() {
        settle();
        let system = || COUNTER.source.nanos();
        let start = system();
        loop {
            let (earliest, shown, latest) = (system(), now(), system());
            let slack = MILLISECOND + (latest - start) / 100;
            assert!(shown + slack >= earliest, "{shown} is behind {earliest}");
            assert!(shown <= latest + slack, "{shown} is ahead of {latest}");
            if latest - start > 50 * MILLISECOND {
                break;
            }
        }
    }

    #[test]
    fn time_never_goes_back() {
        let mut last = now();
        for _ in 0..100_000 {
            let next = now();
            assert!(next >= last, "{next} after {last}");
            last = next;
        }
    }
}
