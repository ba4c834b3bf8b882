//! Tests that neither sleep nor disturb each other.
//!
//! ```
//! use fluxgate::testing::{ManualClock, isolate};
//! use fluxgate::{CircuitBreaker, Error, State, breaker, permit, retry, trip, window};
//! use std::time::Duration;
//!
//! // Pass the clock to a breaker that is built by hand.
//! let clock = ManualClock::new();
//! let breaker = CircuitBreaker::builder("by hand")
//!     .trip(trip::failure_streak(1))
//!     .retry(retry::cooldown(Duration::from_secs(60)))
//!     .permit(permit::all())
//!     .clock(clock.clone())
//!     .build()?;
//! breaker.call(|| Err::<(), _>("down")).unwrap_err();
//! assert_eq!(breaker.state(), State::Open);
//! clock.advance(Duration::from_secs(60));
//! breaker.call(|| Ok::<_, &str>("up")).unwrap();
//! assert_eq!(breaker.state(), State::Closed);
//! # Ok::<(), fluxgate::ConfigError>(())
//! ```

use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::clock::Clock;
pub use crate::clock::ManualClock;
use crate::engine::breaker::{Breaker, Own};
use crate::settings::{Settings, Source};

/// How many isolations there are; while it is 0, no thread needs to look for doubles.
static ISOLATED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static DOUBLES: RefCell<Vec<Doubles>> = const { RefCell::new(Vec::new()) };
}

struct Doubles {
    clock: ManualClock,
    /// Keyed by the address of the breaker that each stands in for. They are leaked, a few hundred bytes per test, because a call
    /// may outlive the guard.
    breakers: HashMap<usize, Double>,
}

struct Double {
    breaker: &'static Breaker,
    /// Keeps the original alive, so that no other breaker can take its address.
    _original: Own,
}

/// Isolates this thread: until the guard is dropped, every breaker of the attribute or of [`breaker!`](crate::breaker) is replaced
/// on this thread by a fresh one that reads a manual clock. Breakers made by the builder are not affected; pass a clock to those.
///
/// ```
/// use fluxgate::{CircuitBreaker, State, breaker, testing::isolate};
///
/// static PAYMENTS: CircuitBreaker = breaker!(name = "payments", trip = failure_streak(1));
///
/// PAYMENTS.force_open();
/// {
///     let clock = isolate();
///     assert_eq!(PAYMENTS.state(), State::Closed);
///     PAYMENTS.call(|| Err::<(), _>("down")).unwrap_err();
///     clock.advance(std::time::Duration::from_secs(59));
///     assert_eq!(PAYMENTS.snapshot().retry_after, Some(std::time::Duration::from_secs(1)));
/// }
/// assert_eq!(PAYMENTS.state(), State::ForcedOpen);
/// ```
pub fn isolate() -> Isolation {
    let clock = ManualClock::new();
    ISOLATED.fetch_add(1, Ordering::Relaxed);
    DOUBLES
        .with_borrow_mut(|doubles| doubles.push(Doubles { clock: clock.clone(), breakers: HashMap::new() }));
    Isolation { clock, not_send: PhantomData }
}

/// The guard of [`isolate`]. Derefs to the clock that the isolated breakers read.
#[must_use = "the isolation ends when this is dropped"]
#[derive(Debug)]
pub struct Isolation {
    clock: ManualClock,
    not_send: PhantomData<*const ()>,
}

impl Isolation {
    /// The clock that the isolated breakers read.
    pub fn clock(&self) -> ManualClock {
        self.clock.clone()
    }
}

impl Deref for Isolation {
    type Target = ManualClock;

    fn deref(&self) -> &ManualClock {
        &self.clock
    }
}

impl Drop for Isolation {
    fn drop(&mut self) {
        // Not always the latest: `guard = isolate()` drops the old guard after it has made the new one.
        DOUBLES.with_borrow_mut(|doubles| {
            doubles.retain(|doubles| !doubles.clock.is(&self.clock));
        });
        ISOLATED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The breaker that stands in for this one on this thread.
pub(crate) fn double(breaker: &Breaker, settings: &'static Settings) -> Option<&'static Breaker> {
    if ISOLATED.load(Ordering::Relaxed) == 0 || matches!(breaker.own, Own::Hidden) {
        return None;
    }
    DOUBLES.with_borrow_mut(|doubles| {
        let Doubles { clock, breakers } = doubles.last_mut()?;
        let double = breakers.entry(std::ptr::from_ref(breaker) as usize).or_insert_with(|| {
            // The registry holds the original, which leads here.
            breaker.used();
            let clock: Arc<dyn Clock> = Arc::new(clock.clone());
            let double = Breaker::detached(Source::Static(settings), Some(clock), Own::Hidden);
            Double { breaker: Box::leak(Box::new(double)), _original: breaker.own.clone() }
        });
        Some(double.breaker)
    })
}
