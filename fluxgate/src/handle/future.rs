//! Futures of guarded calls.

use core::future::Future;
use core::mem::{self, ManuallyDrop};
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::body::{Body, Plain};
use super::call::Call;
use super::error::Error;
use super::limit::{Elapsed, Limit, Limited};
use super::refusal::Refusal;
use crate::engine::breaker::Breaker;
use crate::state::Outcome;

/// A call whose future is in progress, with what to do when it ends; `None` once that is done.
///
/// If it is dropped before that, it was cancelled, even if the thread is panicking: that panic comes from elsewhere.
pub(super) struct Pending<'a, T>(Option<(Call<'a>, T)>);

impl<T> Drop for Pending<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some((call, _)) = self.0.take() {
            call.cancel();
        }
    }
}

impl<'a, T> Pending<'a, T> {
    /// The call, which is over unless it is [put back](Self::put_back): so a panic of its future is recorded at once, though the
    /// future may be dropped much later.
    #[inline]
    fn take(&mut self) -> (Call<'a>, T) {
        let Some(pending) = self.0.take() else { resumed_after_completion() };
        pending
    }

    /// Asks the breaker to admit the call, if that is only planned. A refused call is over.
    #[inline]
    pub(super) fn admitted(&mut self) -> Result<(Call<'a>, T), Refusal<'a>> {
        let (call, then) = self.take();
        if call.is_planned() {
            return Ok((Call::enter_async(ManuallyDrop::new(call).breaker)?, then));
        }
        call.resume();
        Ok((call, then))
    }

    /// The call's future is to be polled again, perhaps on another thread.
    #[inline]
    pub(super) fn put_back(&mut self, call: Call<'a>, then: T) {
        call.suspend();
        // There is nothing to drop, but the compiler does not know that.
        mem::forget(self.0.replace((call, then)));
    }
}

/// What the compiler writes for a future of its own.
#[cold]
#[track_caller]
pub(crate) fn resumed_after_completion() -> ! {
    panic!("`async fn` resumed after completion")
}

pin_project! {
    /// The future of a call that was admitted.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<'a, B, C> {
        #[pin]
        body: B,
        pending: Pending<'a, C>,
    }
}

impl<'a, F: Future, C: FnOnce(Call<'a>, F::Output) -> F::Output> Guarded<'a, Plain<F>, C> {
    /// `finish` ends the call, and returns what its future did.
    #[inline]
    pub fn new(call: Call<'a>, future: F, finish: C) -> Self {
        Self { body: Plain::new(future), pending: Pending(Some((call, finish))) }
    }
}

impl<'a, F: Future, C> Guarded<'a, Limited<F>, C>
where
    C: FnOnce(Call<'a>, Result<F::Output, Elapsed>) -> F::Output,
{
    /// The same, where the future may take only so long.
    #[inline]
    pub fn limited(call: Call<'a>, future: F, limit: Limit, finish: C) -> Self {
        let body = Limited::new(Plain::new(future), limit);
        Self { body, pending: Pending(Some((call, finish))) }
    }
}

impl<'a, B: Body, C: FnOnce(Call<'a>, B::Output) -> O, O> Future for Guarded<'a, B, C> {
    type Output = O;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        let this = self.project();
        let (mut call, finish) = this.pending.take();
        call.resume();
        if let Poll::Ready(output) = this.body.poll(&mut call, context) {
            return Poll::Ready(finish(call, output));
        }
        this.pending.put_back(call, finish);
        Poll::Pending
    }
}

pin_project! {
    /// The future of a call that is to be admitted when it is first polled.
    #[must_use = "futures do nothing unless polled"]
    pub struct Deferred<'a, B, C, S> {
        #[pin]
        body: B,
        pending: Pending<'a, C>,
        refused: S,
    }
}

impl<'a, F: Future, C, S> Deferred<'a, Plain<F>, C, S>
where
    C: FnOnce(Call<'a>, F::Output) -> F::Output,
    S: Fn(Refusal<'a>) -> F::Output,
{
    /// `finish` ends the call, and returns what its future did; `refused` says what to return if there is none.
    #[inline]
    pub fn new(breaker: &'a Breaker, future: F, finish: C, refused: S) -> Self {
        Self { body: Plain::new(future), pending: Pending(Some((Call::planned(breaker), finish))), refused }
    }
}

impl<'a, F: Future, C, S> Deferred<'a, Limited<F>, C, S>
where
    C: FnOnce(Call<'a>, Result<F::Output, Elapsed>) -> F::Output,
    S: Fn(Refusal<'a>) -> F::Output,
{
    /// The same, where the future may take only so long.
    #[inline]
    pub fn limited(breaker: &'a Breaker, future: F, limit: Limit, finish: C, refused: S) -> Self {
        let body = Limited::new(Plain::new(future), limit);
        Self { body, pending: Pending(Some((Call::planned(breaker), finish))), refused }
    }
}

impl<'a, B: Body, C, S, O> Future for Deferred<'a, B, C, S>
where
    C: FnOnce(Call<'a>, B::Output) -> O,
    S: Fn(Refusal<'a>) -> O,
{
    type Output = O;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        let this = self.project();
        let (mut call, finish) = match this.pending.admitted() {
            Ok(admitted) => admitted,
            Err(refusal) => return Poll::Ready((this.refused)(refusal)),
        };
        if let Poll::Ready(output) = this.body.poll(&mut call, context) {
            return Poll::Ready(finish(call, output));
        }
        this.pending.put_back(call, finish);
        Poll::Pending
    }
}

pin_project! {
    /// The future of [`CircuitBreaker::call_async`](crate::CircuitBreaker::call_async).
    #[must_use = "futures do nothing unless polled"]
    pub struct CallAsync<'a, F> {
        #[pin]
        body: Plain<F>,
        pending: Pending<'a, ()>,
    }
}

impl<'a, F> CallAsync<'a, F> {
    #[inline]
    pub(crate) fn new(breaker: &'a Breaker, future: F) -> Self {
        Self { body: Plain::new(future), pending: Pending(Some((Call::planned(breaker), ()))) }
    }

    #[cfg(feature = "tokio")]
    #[inline]
    pub(super) fn into_parts(self) -> (Plain<F>, Pending<'a, ()>) {
        (self.body, self.pending)
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for CallAsync<'_, F> {
    type Output = Result<T, Error<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut call = match this.pending.admitted() {
            Ok((call, ())) => call,
            Err(refusal) => return Poll::Ready(refusal.into_error(|error| Err(Error::NotPermitted(error)))),
        };
        if let Poll::Ready(result) = this.body.poll(&mut call, context) {
            return Poll::Ready(call.settle(result, |_, _| Outcome::Failure).map_err(Error::Inner));
        }
        this.pending.put_back(call, ());
        Poll::Pending
    }
}

impl<F> core::fmt::Debug for CallAsync<'_, F> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("CallAsync").finish_non_exhaustive()
    }
}
