//! The handle through which programs use a breaker.

use core::fmt;
use std::time::Duration;

use fluxgate_rules::Metrics;
use fluxgate_rules::metrics::nanos;

use super::call::Call;
use super::enrollment::enroll;
use super::error::{CallNotPermitted, Error};
use super::future::CallAsync;
use super::isolation::resolve;
use super::snapshot::Snapshot;
use crate::configuration::Settings;
use crate::configuration::named::SettingsRef;
use crate::engine::breaker::Breaker;
use crate::engine::{counting, manual, open, recording, transition};
use crate::events::listener::Listener;
use crate::events::transition::Reason;
use crate::state::{Outcome, State};
#[cfg(feature = "keyed")]
use crate::sync::ReadGuard;
use crate::sync::{Arc, OnceBox, Ref, const_unless_model};

/// A circuit breaker, which guards one dependency, usually one function.
///
/// All breakers have this one type, whatever their rules, so it fits in a `static`, a struct field or a `Vec`. Breakers are made
/// by the attribute, by [`breaker!`](crate::breaker), or by [`CircuitBreaker::builder`].
///
/// ```
/// use fluxgate::{CircuitBreaker, trip, window};
///
/// let breaker = CircuitBreaker::builder("payments")
///     .window(window::count(100))
///     .trip(trip::min(10) & trip::failure_rate(0.5))
///     .build()?;
/// let answer = breaker.call(|| "42".parse::<u32>())?;
/// assert_eq!(answer, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CircuitBreaker(Handle);

enum Handle {
    Static(&'static Breaker),
    Shared(Arc<Breaker>),
    /// A key's breaker. The family keeps it while this handle exists, so no reference is counted.
    #[cfg(feature = "keyed")]
    Kept(ReadGuard<Breaker>),
    /// Made on first use, so that every value is a separate breaker, even if the constant is used several times.
    Lazy(&'static Settings, OnceBox<Arc<Breaker>>),
}

impl CircuitBreaker {
    pub(crate) const fn from_static(breaker: &'static Breaker) -> Self {
        Self(Handle::Static(breaker))
    }

    const_unless_model! {
        pub(crate) const fn from_settings(settings: &'static Settings) -> Self {
            Self(Handle::Lazy(settings, OnceBox::new()))
        }
    }

    #[inline]
    fn lazy<'a>(settings: &'static Settings, breaker: &'a OnceBox<Arc<Breaker>>) -> &'a Arc<Breaker> {
        #[cold]
        #[inline(never)]
        fn make<'a>(settings: &'static Settings, breaker: &'a OnceBox<Arc<Breaker>>) -> &'a Arc<Breaker> {
            breaker.get_or_init(|| Box::new(Breaker::shared(SettingsRef::Static(settings), None)))
        }
        breaker.get().unwrap_or_else(|| make(settings, breaker))
    }

    pub(crate) const fn from_shared(breaker: Arc<Breaker>) -> Self {
        Self(Handle::Shared(breaker))
    }

    pub(super) fn from_ref(breaker: Ref<Breaker>) -> Self {
        match breaker {
            Ref::Static(breaker) => Self::from_static(breaker),
            Ref::Shared(breaker) => Self::from_shared(breaker),
        }
    }

    #[cfg(feature = "keyed")]
    pub(super) const fn from_kept(breaker: ReadGuard<Breaker>) -> Self {
        Self(Handle::Kept(breaker))
    }

    #[doc(hidden)]
    #[inline]
    pub fn breaker(&self) -> &Breaker {
        match &self.0 {
            Handle::Static(breaker) => breaker,
            Handle::Shared(breaker) => breaker,
            #[cfg(feature = "keyed")]
            Handle::Kept(breaker) => breaker,
            Handle::Lazy(settings, breaker) => Self::lazy(settings, breaker),
        }
    }

    /// Calls the function, unless the breaker refuses. `Ok` counts as a success, `Err` as a failure. For a future, there is
    /// [`call_async`](Self::call_async): here, a function that returns a future would have succeeded before that ran.
    ///
    /// ```
    /// # let breaker = fluxgate::CircuitBreaker::builder("files").build()?;
    /// use fluxgate::Error;
    ///
    /// match breaker.call(|| std::fs::read_to_string("Cargo.toml")) {
    ///     Ok(text) => println!("{text}"),
    ///     Err(Error::NotPermitted(refusal)) => println!("not now: {refusal}"),
    ///     Err(error) => println!("it failed: {error}"),
    /// }
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// The function's own error, or the refusal: see [`Error`] for how `?` turns it into an error of yours.
    #[inline]
    pub fn call<T, E>(&self, function: impl FnOnce() -> Result<T, E>) -> Result<T, Error<E>> {
        match Call::enter(self.breaker()) {
            Ok(call) => call.finish(function(), |result, _| Outcome::of(result)).map_err(Error::Inner),
            Err(refusal) => refusal.into_error(|error| Err(Error::NotPermitted(error))),
        }
    }

    /// Awaits the future, unless the breaker refuses. The breaker is asked when the returned future is first polled. A future that is never
    /// polled is not a call; one that is dropped before it finishes is a cancelled call, and counts as `on_cancel` says.
    ///
    /// Whatever can be awaited can be passed, such as the requests of mongodb, which become futures at once, and run when polled.
    ///
    /// ```
    /// # async fn fetch() -> std::io::Result<String> { Ok(String::new()) }
    /// # async fn example(breaker: &fluxgate::CircuitBreaker) -> Result<(), fluxgate::Error<std::io::Error>> {
    /// let page = breaker.call_async(fetch()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The future's own error, or the refusal.
    #[inline]
    pub fn call_async<T, E, F: IntoFuture<Output = Result<T, E>>>(
        &self,
        future: F,
    ) -> CallAsync<'_, F::IntoFuture> {
        CallAsync::new(self.breaker(), future.into_future())
    }

    /// Asks the breaker to admit a call that is neither a closure nor a future. Report the outcome to the returned [`Call`]. While the
    /// breaker is half-open, calls made before that are not part of this one: each needs a slot of its own.
    ///
    /// ```
    /// # let breaker = fluxgate::CircuitBreaker::builder("answers").build()?;
    /// let call = breaker.acquire()?;
    /// let status = 404; // ... of an answer
    /// if status < 500 { call.success() } else { call.failure() }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The refusal.
    #[inline]
    pub fn acquire(&self) -> Result<Call<'_>, CallNotPermitted> {
        Call::acquire(self.breaker()).map_err(|refusal| refusal.into_error(|error| error))
    }

    /// The breaker's name.
    pub fn name(&self) -> &str {
        self.breaker().name()
    }

    /// The current state. Reading it never changes it: an open breaker becomes half-open with the first call after its pause. So do not
    /// withhold calls because a breaker is open, or it stays open forever: check [`is_due`](Self::is_due) as well.
    pub fn state(&self) -> State {
        self.resolved().word().state()
    }

    /// Whether the breaker is open but its pause is over, so that the next call is put to the trial. Changes nothing.
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, State};
    /// # let breaker = CircuitBreaker::builder("payments").build()?;
    /// breaker.open_for(std::time::Duration::ZERO);
    /// assert_eq!((breaker.state(), breaker.is_due()), (State::Open, true));
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn is_due(&self) -> bool {
        open::is_due(self.resolved())
    }

    /// Figures of the recent calls: while closed or in metrics-only, of the calls in the window; while half-open, of those in the trial or,
    /// once it has passed and the ramp goes on, of those in the window. While open, forced open or disabled, they stay as they were when
    /// that state began; so an open breaker shows the evidence on which it tripped.
    pub fn metrics(&self) -> Metrics {
        self.resolved().metrics()
    }

    /// Everything that is known about the breaker, read at one moment.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.resolved())
    }

    /// Closes the breaker from any state, empties its window, and forgets how often it has re-opened. If it was already closed, only listeners
    /// that are interested in [resets](crate::Interests::resets) hear of it. Calls in progress no longer count.
    pub fn reset(&self) {
        self.command(State::Closed, Reason::Reset);
    }

    /// Opens the breaker as if its rule had held: the pause is drawn from the retry, and it recovers as usual. Does nothing if the
    /// breaker is open already.
    pub fn trip(&self) {
        open::trip(self.enrolled());
    }

    /// Opens the breaker for `duration`, after which it recovers as usual. If it is already open, it stays open for `duration` from now.
    pub fn open_for(&self, duration: Duration) {
        open::command(self.enrolled(), duration);
    }

    /// With the feature `test-util`, for tests: makes the breaker half-open, as if its pause were over and a call had come. If it is not
    /// open, it [trips](Self::trip) first, so listeners hear of both. Does nothing if the breaker is half-open already.
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, State, permit};
    /// let breaker = CircuitBreaker::builder("payments").permit(permit::all()).build()?;
    /// breaker.half_open();
    /// assert_eq!(breaker.state(), State::HalfOpen);
    /// for _ in 0..6 {
    ///     breaker.call(|| Ok::<_, ()>(())).unwrap();
    /// }
    /// assert_eq!(breaker.state(), State::Closed);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    #[cfg(feature = "test-util")]
    pub fn half_open(&self) {
        open::try_again(self.enrolled());
    }

    /// Records an outcome that was learnt without a call, by a health check for example, and how long it took. It counts like the outcome
    /// of a call, even in a trial, but takes no slot there. If calls of the trial have hung, it comes too late to count, and re-opens the
    /// breaker as the next call would. [`Outcome::Ignored`] is only counted: it restarts no wait, and ends no trial or ramp. While the breaker
    /// is open, forced open or disabled, this has no effect.
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, Outcome, trip};
    /// # use std::time::Duration;
    /// let breaker = CircuitBreaker::builder("payments").trip(trip::failure_streak(3)).build()?;
    /// breaker.record(Outcome::Failure, Duration::from_millis(20));
    /// assert_eq!(breaker.metrics().failures(), 1);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn record(&self, outcome: Outcome, duration: Duration) {
        recording::record_alone(self.enrolled(), outcome, nanos(duration));
    }

    /// Refuses all calls until another command.
    pub fn force_open(&self) {
        self.command(State::ForcedOpen, Reason::ForceOpen);
    }

    /// Admits all calls and records none, until another command.
    pub fn disable(&self) {
        self.command(State::Disabled, Reason::Disable);
    }

    /// Admits and records all calls until another command, and reports each time the breaker would have tripped, as a
    /// [`Transition`](crate::Transition) from `MetricsOnly` to `MetricsOnly`.
    pub fn metrics_only(&self) {
        self.command(State::MetricsOnly, Reason::MetricsOnly);
    }

    /// Adds a listener for the life of the breaker. It hears of every transition from now on, and of anything else that it is
    /// [interested](Listener::interests) in.
    pub fn listen(&self, listener: impl Listener) {
        transition::listen(self.resolved(), Arc::new(listener));
    }

    /// Counts all calls that are admitted from now on, healthy ones included: see [`Builder::count_calls`](crate::Builder::count_calls).
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, breaker};
    /// static PAYMENTS: CircuitBreaker = breaker!(name = "payments");
    ///
    /// PAYMENTS.count_calls();
    /// PAYMENTS.call(|| Ok::<_, ()>(())).unwrap();
    /// assert_eq!(PAYMENTS.snapshot().totals.successes, Some(1));
    /// ```
    pub fn count_calls(&self) {
        counting::begin(self.enrolled());
    }

    fn command(&self, to: State, reason: Reason) {
        manual::command(self.enrolled(), to, reason);
    }

    /// The breaker, once it is in use.
    pub(super) fn enrolled(&self) -> &Breaker {
        let breaker = self.resolved();
        enroll(breaker);
        breaker
    }

    fn resolved(&self) -> &Breaker {
        resolve(self.breaker())
    }
}

/// Another handle to the same breaker, which borrows nothing.
#[doc(hidden)]
#[inline]
pub fn share(breaker: &CircuitBreaker) -> CircuitBreaker {
    breaker.clone()
}

/// Another handle to the same breaker. Cheap: it counts a reference at most.
impl Clone for CircuitBreaker {
    #[inline]
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Handle::Static(breaker) => Handle::Static(breaker),
            Handle::Shared(breaker) => Handle::Shared(breaker.clone()),
            #[cfg(feature = "keyed")]
            Handle::Kept(breaker) => Handle::Shared(breaker.share()),
            Handle::Lazy(settings, breaker) => Handle::Shared(Self::lazy(settings, breaker).clone()),
        })
    }
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CircuitBreaker")
            .field("name", &self.name())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
