//! Which breaker a call meets: the one that it names or, if a test has isolated the thread, that one's double.

use crate::engine::breaker::Breaker;

#[cfg(feature = "test-util")]
pub use self::doubles::{Isolation, isolate};

/// The breaker itself, or its double if a test has isolated this thread.
#[inline]
pub(crate) fn resolve(breaker: &Breaker) -> &Breaker {
    double(breaker).unwrap_or(breaker)
}

/// The breaker's double, if a test has isolated this thread.
#[cfg(not(feature = "test-util"))]
#[inline]
pub(super) const fn double(_breaker: &Breaker) -> Option<&'static Breaker> {
    None
}

/// The breaker's double, if a test has isolated this thread.
#[cfg(feature = "test-util")]
#[inline]
pub(super) fn double(breaker: &Breaker) -> Option<&'static Breaker> {
    use crate::settings::SettingsRef;
    match &breaker.settings {
        SettingsRef::Static(settings) => doubles::find(breaker, settings),
        SettingsRef::Shared(_) => None,
    }
}

#[cfg(feature = "test-util")]
mod doubles {
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::marker::PhantomData;
    use std::ops::Deref;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::clock::{ManualClock, UserClock};
    use crate::engine::breaker::{Breaker, Origin};
    use crate::handle::enrollment::enroll;
    use crate::settings::{Settings, SettingsRef};

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
        _original: Origin,
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
        with_doubles(|doubles| doubles.push(Doubles { clock: clock.clone(), breakers: HashMap::new() }));
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
            with_doubles(|doubles| doubles.retain(|doubles| !doubles.clock.is(&self.clock)));
            ISOLATED.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The breaker that stands in for this one on this thread.
    pub(super) fn find(breaker: &Breaker, settings: &'static Settings) -> Option<&'static Breaker> {
        if ISOLATED.load(Ordering::Relaxed) == 0 || matches!(breaker.origin, Origin::Hidden) {
            return None;
        }
        let clock = with_doubles(|doubles| doubles.last().map(|doubles| doubles.clock.clone()))??;
        // The registry holds the original, which leads here. Entering it may read the process's clock, which may be a user's.
        enroll(breaker);
        with_doubles(|doubles| {
            let breakers = &mut doubles.last_mut()?.breakers;
            let double = breakers.entry(std::ptr::from_ref(breaker) as usize).or_insert_with(|| {
                let clock = Box::new(UserClock::new(Arc::new(clock)));
                let double = Breaker::detached(SettingsRef::Static(settings), Some(clock), Origin::Hidden);
                Double { breaker: Box::leak(Box::new(double)), _original: breaker.origin.clone() }
            });
            Some(double.breaker)
        })?
    }

    /// Looks at the isolations of this thread; `None` if the thread is ending and they are gone: a breaker that is used in the destructor
    /// of another thread-local value is then the real one.
    fn with_doubles<R>(look: impl FnOnce(&mut Vec<Doubles>) -> R) -> Option<R> {
        DOUBLES.try_with(|doubles| look(&mut doubles.borrow_mut())).ok()
    }
}
