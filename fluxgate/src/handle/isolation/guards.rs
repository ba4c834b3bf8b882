//! The guards of a test's isolation, and the handles that pass it on.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use pin_project_lite::pin_project;

use super::doubles::{Doubles, Layer};
use crate::clock::ManualClock;

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
///
/// # Other threads
///
/// The isolation reaches other threads through its [handle](Isolation::handle). A thread of a pool, one without a name, or one whose name
/// is not a Rust path, may not use a `static` breaker that is isolated elsewhere at that time: the second of the two to use it panics,
/// and says what to do. A test's own thread, which is named after it, may: it uses the real breaker.
///
/// # Panics
/// When the guard is dropped, if it has isolated no breaker, and such a thread has used a real one meanwhile. The guard of
/// `let _ = isolate();` is dropped at once: the test panics when it then uses a breaker.
pub fn isolate() -> Isolation {
    let handle = IsolationHandle(Arc::new(Doubles::new()));
    Isolation { _entered: handle.enter(), handle }
}

/// Until the guard is dropped, this thread uses the real breakers, even those that it or other threads have isolated.
///
/// ```
/// use fluxgate::testing::{isolate, unisolated};
/// use fluxgate::{CircuitBreaker, State, breaker};
///
/// static PAYMENTS: CircuitBreaker = breaker!(name = "payments");
///
/// let _isolation = isolate();
/// PAYMENTS.force_open();
/// assert_eq!(PAYMENTS.state(), State::ForcedOpen);
/// let _unisolated = unisolated();
/// assert_eq!(PAYMENTS.state(), State::Closed);
/// ```
pub fn unisolated() -> Entered {
    Entered::lay(None)
}

/// The guard of [`isolate`]. Derefs to the clock that the isolated breakers read.
#[must_use = "the isolation ends when this is dropped"]
#[derive(Debug)]
pub struct Isolation {
    handle: IsolationHandle,
    _entered: Entered,
}

impl Isolation {
    /// The clock that the isolated breakers read.
    pub fn clock(&self) -> ManualClock {
        self.handle.clock()
    }

    /// What other threads and tasks need to be in the same isolation.
    pub fn handle(&self) -> IsolationHandle {
        self.handle.clone()
    }
}

impl Deref for Isolation {
    type Target = ManualClock;

    fn deref(&self) -> &ManualClock {
        &self.handle.0.clock
    }
}

impl Drop for Isolation {
    fn drop(&mut self) {
        self.handle.0.end();
        self.handle.0.panic_if_unused();
    }
}

/// A test's isolation, for other threads and tasks. Returned by [`Isolation::handle`]; clones are cheap.
///
/// ```
/// use fluxgate::{CircuitBreaker, State, breaker, testing::isolate};
/// use std::thread;
///
/// static PAYMENTS: CircuitBreaker = breaker!(name = "payments", trip = failure_streak(1));
///
/// let isolation = isolate();
/// let handle = isolation.handle();
/// let worker = thread::spawn(move || {
///     let _entered = handle.enter();
///     PAYMENTS.call(|| Err::<(), _>("down"))
/// });
/// worker.join().unwrap().unwrap_err();
/// assert_eq!(PAYMENTS.state(), State::Open);
/// ```
///
/// It may outlive the test's guard: those who hold it then still use the same breakers.
#[derive(Clone)]
pub struct IsolationHandle(Arc<Doubles>);

impl IsolationHandle {
    /// Isolates this thread like the test's own, until the guard is dropped.
    pub fn enter(&self) -> Entered {
        Entered::lay(Some(self.0.clone()))
    }

    /// Isolates a future like the test's own thread, whichever thread polls it. For tasks: `tokio::spawn(handle.wrap(task))`.
    pub fn wrap<F>(&self, future: F) -> Isolated<F> {
        Isolated { future: Some(future), handle: self.clone() }
    }

    /// The clock that the isolated breakers read.
    pub fn clock(&self) -> ManualClock {
        self.0.clock.clone()
    }
}

impl fmt::Debug for IsolationHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IsolationHandle").field("clock", &self.0.clock).finish_non_exhaustive()
    }
}

/// The guard of [`IsolationHandle::enter`] and of [`unisolated`].
#[must_use = "it ends when this is dropped"]
pub struct Entered {
    /// `None` if the thread was ending.
    layer: Option<Layer>,
    not_send: PhantomData<*const ()>,
}

impl Entered {
    fn lay(doubles: Option<Arc<Doubles>>) -> Self {
        let layer = Layer::new(doubles);
        Self { layer: layer.lay().then_some(layer), not_send: PhantomData }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(layer) = &self.layer {
            layer.lift();
        }
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Entered").finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of [`IsolationHandle::wrap`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Isolated<F> {
        // An `Option`, so that it can be dropped within the isolation: its destructor may use breakers.
        #[pin]
        future: Option<F>,
        handle: IsolationHandle,
    }

    impl<F> PinnedDrop for Isolated<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = this.handle.enter();
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for Isolated<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.handle.enter();
        this.future.as_pin_mut().map_or(Poll::Pending, |future| future.poll(context))
    }
}

impl<F> fmt::Debug for Isolated<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Isolated").finish_non_exhaustive()
    }
}
