//! An admitted call, and its outcome.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::mem::ManuallyDrop;
use std::time::Duration;

use fluxgate_rules::metrics::nanos;

use super::body::Body;
use super::delay;
use super::enrollment::enroll;
use super::isolation::resolve;
use super::refusal::Refusal;
use crate::callback::contain;
use crate::configuration::OnCancel;
use crate::engine::answer::Admission;
use crate::engine::breaker::Breaker;
use crate::engine::word::StateWord;
use crate::engine::{admission, nesting, recording};
use crate::state::{Outcome, State};

/// An admitted call that waits for its outcome to be reported.
///
/// If it is dropped without a report, it counts as `on_panic` (by default, a failure) while the thread is panicking, and otherwise as
/// `on_cancel` (by default, ignored). A panic that was under way when the call was admitted is not its own. **An early return also
/// drops it**: after `work()?`, the failure would not count, so report it first, or leave it to [`call`](crate::CircuitBreaker::call).
///
/// ```
/// # let breaker = fluxgate::CircuitBreaker::builder("payments").build()?;
/// let call = breaker.acquire()?;
/// match std::fs::read_to_string("Cargo.toml") {
///     Ok(_) => call.success(),
///     Err(_) => call.failure(),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping it at once cancels the call"]
pub struct Call<'a> {
    pub(super) breaker: &'a Breaker,
    /// The state word it was admitted under: its outcome counts only while the breaker still has that word.
    word: StateWord,
    /// When it was admitted, if calls are timed.
    start: u64,
}

impl<'a> Call<'a> {
    /// Asks the breaker to admit a call whose body this thread is about to run.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter(breaker: &'a Breaker) -> Result<Self, Refusal<'a>> {
        Self::admitted_by(breaker, if delay::ARE_POSSIBLE { admit_delayed } else { admit_scoped })
    }

    /// The same for a call whose body is a future that this thread is about to poll, or to make.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter_async(breaker: &'a Breaker) -> Result<Self, Refusal<'a>> {
        Self::admitted_by(breaker, admit_scoped)
    }

    /// The same for a call whose `start`, now 0, is kept elsewhere. Returns the breaker that admitted it, and the word.
    #[inline(always)]
    pub(super) fn enter_at(
        breaker: &'a Breaker,
        start: &mut u64,
    ) -> Result<(&'a Breaker, StateWord), Refusal<'a>> {
        let breaker = resolve(breaker);
        let mut word = breaker.word();
        if !word.admits_at_once() {
            match admit_scoped(breaker, word).into_result() {
                Ok(admitted) => (word, *start) = admitted,
                Err((word, left)) => return Err(Refusal { breaker, word, left }),
            }
        }
        Ok((breaker, word))
    }

    /// Asks the breaker to admit a call that may end on any thread, and in any order with others.
    #[inline(always)]
    pub(crate) fn acquire(breaker: &'a Breaker) -> Result<Self, Refusal<'a>> {
        let mut call = Self::admitted_by(breaker, admit)?;
        // There is no body to delay.
        delay::end(&mut call.word);
        if std::thread::panicking() {
            call.word = call.word.unwinding();
        }
        Ok(call)
    }

    #[inline(always)]
    fn admitted_by(
        breaker: &'a Breaker,
        admit: fn(&Breaker, StateWord) -> Admission,
    ) -> Result<Self, Refusal<'a>> {
        let breaker = resolve(breaker);
        let word = breaker.word();
        if word.admits_at_once() {
            return Ok(Self { breaker, word, start: 0 });
        }
        match admit(breaker, word).into_result() {
            Ok((word, start)) => Ok(Self { breaker, word, start }),
            Err((word, left)) => Err(Refusal { breaker, word, left }),
        }
    }

    #[inline(always)]
    pub(super) fn from_parts(breaker: &'a Breaker, word: StateWord, start: u64) -> Self {
        Self { breaker, word, start }
    }

    /// Takes the call apart without ending it; [`from_parts`](Self::from_parts) puts it together again.
    #[inline(always)]
    pub(super) fn into_parts(self) -> (StateWord, u64) {
        let call = ManuallyDrop::new(self);
        (call.word, call.start)
    }

    /// The breaker's state when it admitted the call: half-open for a probe.
    pub fn state(&self) -> State {
        self.word.state()
    }

    /// The breaker's generation when it admitted the call. Every transition and every reset increments the generation, and the
    /// outcome counts only while it is still the same.
    pub fn generation(&self) -> u64 {
        self.word.generation()
    }

    /// Reports a success: the dependency is healthy.
    #[inline(always)]
    pub fn success(self) {
        self.record(Outcome::Success);
    }

    /// Reports a failure: the dependency is not healthy.
    #[inline(always)]
    pub fn failure(self) {
        self.record(Outcome::Failure);
    }

    /// Reports a failure after which the dependency wants to be left alone for `pause`, by a `Retry-After`, for example.
    ///
    /// If this failure opens the breaker, or re-opens it after a trial, the breaker stays open for `pause`, however short or long the delay
    /// of `retry` is: for at least that, up to a tenth more at random, so that clients do not come back all at once, and an hour at most. A
    /// `pause` of zero has no effect, and a breaker that [never](crate::retry::never) tries again stays open.
    ///
    /// In the attribute, `retry = from_error(..)` does this.
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, trip};
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder("payments").trip(trip::failures(1)).build()?;
    /// breaker.acquire()?.failure_for(Duration::from_secs(120));
    /// let refusal = breaker.acquire().unwrap_err();
    /// assert!(refusal.retry_after() > Some(Duration::from_secs(110)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn failure_for(self, pause: Duration) {
        let call = ManuallyDrop::new(self);
        recording::record_request(call.breaker, call.word, call.start, nanos(pause));
    }

    /// Reports that the call says nothing about the dependency: it is not recorded, and releases its slot in a trial.
    #[inline(always)]
    pub fn ignore(self) {
        self.record(Outcome::Ignored);
    }

    /// Polls its body, on this thread.
    #[inline(always)]
    pub(crate) fn poll<B: Body>(&mut self, body: Pin<&mut B>, context: &mut Context<'_>) -> Poll<B::Output> {
        body.poll(self.breaker, &mut self.word, context)
    }

    /// The future of an [entered](Self::enter) call is about to be polled on this thread.
    #[inline(always)]
    pub(super) fn resume(&self) {
        if self.word.is_scoped() {
            nesting::enter(self.breaker, self.word);
        }
    }

    /// The future is pending, and may be polled again on this thread or another.
    #[inline(always)]
    pub(super) fn suspend(&self) {
        if self.word.is_scoped() {
            nesting::leave(self.breaker, self.word);
        }
    }

    /// Records that the caller dropped a pending call.
    #[inline(always)]
    pub(crate) fn cancel(self) {
        let call = ManuallyDrop::new(self);
        cancel(call.breaker, call.word.unscoped(), call.start);
    }

    /// Records the outcome that `classify` finds in `returned`, which it returns.
    #[doc(hidden)]
    #[inline(always)]
    pub fn finish<R>(self, returned: R, classify: impl FnOnce(&R, &Breaker) -> Outcome) -> R {
        // Nothing here panics, but the compiler does not know that. With nothing to drop on unwinding, it can keep the value
        // in registers.
        let returned = ManuallyDrop::new(returned);
        let outcome = classify(&returned, self.breaker);
        self.record(outcome);
        ManuallyDrop::into_inner(returned)
    }

    /// The same, where a failure may ask for the pause that `request` finds in `returned`.
    #[doc(hidden)]
    #[inline(always)]
    pub fn finish_with_request<R>(
        self,
        returned: R,
        classify: impl FnOnce(&R, &Breaker) -> Outcome,
        request: impl FnOnce(&R) -> Option<Duration>,
    ) -> R {
        let returned = ManuallyDrop::new(returned);
        let outcome = classify(&returned, self.breaker);
        let requested = if outcome == Outcome::Failure { requested(|| request(&returned)) } else { None };
        match requested {
            Some(pause) => self.failure_for(pause),
            None => self.record(outcome),
        }
        ManuallyDrop::into_inner(returned)
    }

    /// Records the outcome of `returned`, which it returns. Every error is a failure unless `evidence`, which does not panic, knows better.
    #[inline(always)]
    pub(crate) fn settle<T, E>(
        self,
        returned: Result<T, E>,
        evidence: impl FnOnce(&E, &Breaker) -> Outcome,
    ) -> Result<T, E> {
        if const { fits_into_registers::<T>() } {
            return self.settle_apart(returned, |call, error| {
                fail(call.breaker, call.word, call.start, error, evidence);
            });
        }
        self.settle_whole(&returned, evidence);
        returned
    }

    /// The same for the result of a future, which is ready.
    #[inline(always)]
    pub(crate) fn settle_polled<T, E>(
        self,
        polled: Poll<Result<T, E>>,
        evidence: impl FnOnce(&E, &Breaker) -> Outcome,
    ) -> Poll<Result<T, E>> {
        if const { fits_into_registers::<T>() } {
            return polled.map(|returned| self.settle(returned, evidence));
        }
        // As in `finish`.
        let polled = ManuallyDrop::new(polled);
        if let Poll::Ready(returned) = &*polled {
            self.settle_whole(returned, evidence);
        }
        ManuallyDrop::into_inner(polled)
    }

    /// The same, where a failure may ask for the pause that `request` finds in the error.
    #[inline(always)]
    pub(crate) fn settle_with_request<T, E>(
        self,
        returned: Result<T, E>,
        evidence: impl FnOnce(&E, &Breaker) -> Outcome,
        request: impl FnOnce(&E) -> Option<Duration>,
    ) -> Result<T, E> {
        self.settle_apart(returned, |call, error| {
            fail_with_request(call.breaker, call.word, call.start, error, evidence, request);
        })
    }

    /// Takes the result apart, so that the value can stay in registers.
    #[inline(always)]
    fn settle_apart<T, E>(self, returned: Result<T, E>, fail: impl FnOnce(&Self, &E)) -> Result<T, E> {
        let call = ManuallyDrop::new(self);
        match returned {
            Ok(value) => {
                let value = ManuallyDrop::new(value);
                recording::record_success(call.breaker, call.word, call.start);
                Ok(ManuallyDrop::into_inner(value))
            }
            Err(error) => {
                fail(&call, &error);
                Err(error)
            }
        }
    }

    /// Looks at the result in memory, which takes less code.
    #[inline(always)]
    fn settle_whole<T, E>(self, returned: &Result<T, E>, evidence: impl FnOnce(&E, &Breaker) -> Outcome) {
        let call = ManuallyDrop::new(self);
        if returned.is_err() || !recording::changes_nothing(call.breaker, call.word) {
            settle(call.breaker, call.word, call.start, returned, evidence);
        }
    }

    /// Reports the outcome of the call.
    #[inline(always)]
    pub fn record(self, outcome: Outcome) {
        let call = ManuallyDrop::new(self);
        recording::record(call.breaker, call.word, call.start, outcome);
    }
}

/// Whether a value of this type is returned in registers.
const fn fits_into_registers<T>() -> bool {
    size_of::<T>() <= 2 * size_of::<usize>()
}

/// Records what a call returned. Out of line, so that functions with the same return type share it, and `extern "C"` like [`abandon`].
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
#[inline(never)]
extern "C" fn settle<T, E>(
    breaker: &Breaker,
    word: StateWord,
    start: u64,
    returned: &Result<T, E>,
    evidence: impl FnOnce(&E, &Breaker) -> Outcome,
) {
    let outcome = match returned {
        Ok(_) => Outcome::Success,
        Err(error) => evidence(error, breaker),
    };
    recording::record_undated(breaker, word, start, outcome);
}

/// The same for a call that failed with this error.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
#[cold]
#[inline(never)]
extern "C" fn fail<E>(
    breaker: &Breaker,
    word: StateWord,
    start: u64,
    error: &E,
    evidence: impl FnOnce(&E, &Breaker) -> Outcome,
) {
    recording::record_undated(breaker, word, start, evidence(error, breaker));
}

/// The same, where the error may ask for a pause.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
#[cold]
#[inline(never)]
extern "C" fn fail_with_request<E>(
    breaker: &Breaker,
    word: StateWord,
    start: u64,
    error: &E,
    evidence: impl FnOnce(&E, &Breaker) -> Outcome,
    request: impl FnOnce(&E) -> Option<Duration>,
) {
    let outcome = evidence(error, breaker);
    let pause = if outcome == Outcome::Failure { requested(|| request(error)) } else { None };
    match pause {
        Some(pause) => recording::record_request(breaker, word, start, nanos(pause)),
        None => recording::record_undated(breaker, word, start, outcome),
    }
}

/// Calls a user's function; `None` if it panics.
#[cold]
#[inline(never)]
fn requested(request: impl FnOnce() -> Option<Duration>) -> Option<Duration> {
    contain(request).flatten()
}

/// Admits or refuses a call that the word alone does not admit at once.
#[cold]
#[inline(never)]
fn admit(breaker: &Breaker, word: StateWord) -> Admission {
    if word.admits_timed() { Admission::admitted(word, breaker.now()) } else { admit_by_state(breaker, word) }
}

#[inline(never)]
fn admit_by_state(breaker: &Breaker, word: StateWord) -> Admission {
    if word.is_fresh() {
        enroll(breaker);
        return admission::admit(breaker, breaker.word());
    }
    admission::admit(breaker, word)
}

/// The same for a call whose body this thread is about to run: if it is a probe, calls within that body are part of it.
#[cold]
#[inline(never)]
fn admit_scoped(breaker: &Breaker, word: StateWord) -> Admission {
    if word.admits_timed() {
        Admission::admitted(word, breaker.now())
    } else {
        admit_by_state_scoped(breaker, word)
    }
}

/// The same, but waits if the call is to be delayed.
#[cold]
#[inline(never)]
fn admit_delayed(breaker: &Breaker, word: StateWord) -> Admission {
    if word.admits_timed() {
        Admission::admitted(word, breaker.now())
    } else {
        delay::block(breaker, admit_by_state_scoped(breaker, word))
    }
}

#[inline(never)]
fn admit_by_state_scoped(breaker: &Breaker, word: StateWord) -> Admission {
    admit_by_state(breaker, word).scoped(breaker)
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("breaker", self.breaker.name())
            .field("state", &self.state())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

impl Drop for Call<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // Field by field: a call whose address is never taken can stay in registers.
        abandon(self.breaker, self.word, self.start);
    }
}

/// An `extern "C"` function cannot unwind, which saves code wherever a call unwinds. Nothing here panics.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
#[cold]
#[inline(never)]
pub(super) extern "C" fn abandon(breaker: &Breaker, word: StateWord, start: u64) {
    if std::thread::panicking() && !word.is_unwinding() {
        if !word.is_inner() && word.state() != State::Disabled {
            breaker.lock().counts.panicked += 1;
        }
        recording::record_undated(breaker, word, start, breaker.settings().on_panic);
    } else {
        cancel(breaker, word, start);
    }
}

/// Records that a call was cancelled, unless it was never admitted or is part of another one. By default that says nothing about the
/// dependency.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
#[cold]
#[inline(never)]
pub(super) extern "C" fn cancel(breaker: &Breaker, word: StateWord, start: u64) {
    if word.is_inner() {
        return;
    }
    if word.state() != State::Disabled {
        breaker.lock().counts.cancelled += 1;
    }
    // The start is known only if calls were timed by then.
    let took = || if word.is_timed() { breaker.now().saturating_sub(start) } else { 0 };
    match breaker.settings().on_cancel {
        OnCancel::FailureAfter(after) if took() >= nanos(after) => {
            recording::record_undated(breaker, word, start, Outcome::Failure);
        }
        OnCancel::Outcome(Outcome::Ignored) | OnCancel::FailureAfter(_) => {
            recording::give_back(breaker, word, start);
        }
        OnCancel::Outcome(outcome) => recording::record_undated(breaker, word, start, outcome),
    }
}
