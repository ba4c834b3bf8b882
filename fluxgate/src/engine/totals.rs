//! Counts over a breaker's life.

use super::thread::ThreadNumber;
use super::window::finished_call::FinishedCall;
use crate::events::audience::Audience;
#[cfg(any(feature = "tokio", feature = "tower"))]
use crate::events::waiters::Waiters;
#[cfg(any(feature = "tokio", feature = "tower"))]
use crate::sync::Arc;
use crate::sync::{AtomicU64, OnceBox, Ordering};

/// What every breaker counts, under the lock. None of it ever decreases.
pub(crate) struct Counts {
    /// Recorded failures.
    pub(crate) failures: u64,
    /// Recorded calls that reached a threshold of the rule.
    pub(crate) slow: u64,
    /// Outcomes that came too late to count.
    pub(crate) late: u64,
    /// Refused calls, except those refused in the current state.
    pub(crate) refused: u64,
    pub(crate) cancelled: u64,
    pub(crate) panicked: u64,
}

/// What a breaker needs once someone watches its calls.
pub(crate) struct Watch {
    /// Made when the breaker begins to count calls.
    calls: OnceBox<CallCounts>,
    /// What [`Breaker::slow_from`](super::breaker::Breaker) would be if the breaker did not count calls.
    slow_from: AtomicU64,
    pub(super) audience: Audience,
    /// Tasks that wait until they may call.
    #[cfg(any(feature = "tokio", feature = "tower"))]
    pub(super) waiters: Arc<Waiters>,
}

const STRIPES: usize = if cfg!(fluxgate_loom) { 2 } else { 16 };

/// The counts of a breaker's calls, usually with a stripe for each thread.
pub(crate) struct CallCounts([CountStripe; STRIPES]);

/// Aligned to two cache lines, because processors prefetch lines in pairs.
#[repr(align(128))]
struct CountStripe {
    successes: AtomicU64,
    ignored: AtomicU64,
}

impl Counts {
    pub(super) const NONE: Self =
        Self { failures: 0, slow: 0, late: 0, refused: 0, cancelled: 0, panicked: 0 };

    #[inline]
    pub(super) fn record(&mut self, call: &FinishedCall) {
        self.failures += u64::from(call.failed);
        self.slow += u64::from(call.is_any_slow());
    }
}

impl Watch {
    pub(super) fn new(slow_from: u64) -> Self {
        Self {
            calls: OnceBox::new(),
            slow_from: AtomicU64::new(slow_from),
            audience: Audience::new(),
            #[cfg(any(feature = "tokio", feature = "tower"))]
            waiters: Arc::new(Waiters::new()),
        }
    }

    pub(crate) fn slow_from(&self) -> u64 {
        self.slow_from.load(Ordering::Acquire)
    }

    pub(super) fn set_slow_from(&self, slow_from: u64) {
        self.slow_from.store(slow_from, Ordering::Release);
    }

    /// The counts of calls. The first use begins them.
    pub(super) fn calls(&self) -> &CallCounts {
        self.calls.get_or_init(|| Box::new(CallCounts::new()))
    }

    /// Successes and ignored calls, if calls were ever counted.
    pub(super) fn counted(&self) -> Option<(u64, u64)> {
        let CallCounts(stripes) = self.calls.get()?;
        let sum = |of: fn(&CountStripe) -> &AtomicU64| {
            stripes.iter().map(|stripe| of(stripe).load(Ordering::Relaxed)).sum()
        };
        Some((sum(|stripe| &stripe.successes), sum(|stripe| &stripe.ignored)))
    }
}

impl CallCounts {
    fn new() -> Self {
        let stripe = |_| CountStripe { successes: AtomicU64::new(0), ignored: AtomicU64::new(0) };
        Self(std::array::from_fn(stripe))
    }

    pub(super) fn count_success(&self) {
        self.own().successes.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_ignored(&self) {
        self.own().ignored.fetch_add(1, Ordering::Relaxed);
    }

    fn own(&self) -> &CountStripe {
        &self.0[ThreadNumber::own().place(STRIPES)]
    }
}
