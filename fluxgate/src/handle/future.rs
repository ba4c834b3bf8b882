//! Futures of guarded calls.

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::call::Call;
use super::error::Error;
use super::refusal::Refusal;
use crate::engine::breaker::Breaker;
use crate::state::Outcome;

/// A call whose future is in progress, with what to do when it ends; `None` once that is done.
///
/// If it is dropped before that, it was cancelled, even if the thread is panicking: that panic comes from elsewhere.
struct Pending<'a, T>(Option<(Call<'a>, T)>);

impl<T> Drop for Pending<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some((call, _)) = self.0.take() {
            call.cancel();
        }
    }
}

/// Records a panic of the future at once, since the future may be dropped much later.
struct Polled<'p, 'a, T>(&'p mut Pending<'a, T>);

impl<T> Drop for Polled<'_, '_, T> {
    fn drop(&mut self) {
        drop(self.0.0.take());
    }
}

impl<'a, T> Pending<'a, T> {
    /// Asks the breaker to admit a planned call. A refused call is over.
    #[inline]
    fn admit(&mut self) -> Result<(), (T, Refusal<'a>)> {
        if let Some((call, _)) = &mut self.0
            && call.is_planned()
        {
            match Call::enter(call.breaker) {
                Ok(admitted) => mem::forget(mem::replace(call, admitted)),
                Err(refusal) => return self.0.take().map_or(Ok(()), |(_, then)| Err((then, refusal))),
            }
        } else {
            self.resume();
        }
        Ok(())
    }

    /// The call's future is about to be polled again.
    #[inline]
    fn resume(&self) {
        if let Some((call, _)) = &self.0 {
            call.resume();
        }
    }

    /// The call's future is to be polled again.
    #[inline]
    fn suspend(&self) {
        if let Some((call, _)) = &self.0 {
            call.suspend();
        }
    }

    /// Polls the future of the call. Once that is ready, the call is over.
    #[inline]
    fn poll<F: Future>(
        &mut self,
        future: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<(Call<'a>, T, F::Output)> {
        if self.0.is_none() {
            resumed_after_completion();
        }
        let polled = Polled(self);
        let poll = future.poll(context);
        mem::forget(polled);
        let Poll::Ready(output) = poll else {
            self.suspend();
            return Poll::Pending;
        };
        let Some((call, then)) = self.0.take() else { resumed_after_completion() };
        Poll::Ready((call, then, output))
    }
}

/// What the compiler writes for a future of its own.
#[cold]
#[track_caller]
pub(super) fn resumed_after_completion() -> ! {
    panic!("`async fn` resumed after completion")
}

pin_project! {
    /// The future of a call that was admitted.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<'a, F, C> {
        #[pin]
        future: F,
        pending: Pending<'a, C>,
    }
}

impl<'a, F: Future, C: FnOnce(&F::Output, &Breaker) -> Outcome> Guarded<'a, F, C> {
    /// `classify` finds the outcome of the call.
    #[inline]
    pub fn new(call: Call<'a>, future: F, classify: C) -> Self {
        call.suspend();
        Self { future, pending: Pending(Some((call, classify))) }
    }
}

impl<F: Future, C: FnOnce(&F::Output, &Breaker) -> Outcome> Future for Guarded<'_, F, C> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.pending.resume();
        let (call, classify, output) = ready!(this.pending.poll(this.future, context));
        Poll::Ready(call.finish(output, classify))
    }
}

pin_project! {
    /// The future of a call that is to be admitted when it is first polled.
    #[must_use = "futures do nothing unless polled"]
    pub struct Deferred<'a, F, C, S> {
        #[pin]
        future: F,
        pending: Pending<'a, (C, S)>,
    }
}

impl<'a, F, C, S, R> Deferred<'a, F, C, S>
where
    F: Future<Output = R>,
    C: FnOnce(&R, &Breaker) -> Outcome,
    S: FnOnce(Result<R, Refusal<'a>>) -> R,
{
    /// `classify` finds the outcome of the call; `settle` makes the value to return.
    #[inline]
    pub fn new(breaker: &'a Breaker, future: F, classify: C, settle: S) -> Self {
        Self { future, pending: Pending(Some((Call::planned(breaker), (classify, settle)))) }
    }
}

impl<'a, F, C, S, R> Future for Deferred<'a, F, C, S>
where
    F: Future<Output = R>,
    C: FnOnce(&R, &Breaker) -> Outcome,
    S: FnOnce(Result<R, Refusal<'a>>) -> R,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        if let Err(((_, settle), refusal)) = this.pending.admit() {
            return Poll::Ready(settle(Err(refusal)));
        }
        let (call, (classify, settle), output) = ready!(this.pending.poll(this.future, context));
        Poll::Ready(settle(Ok(call.finish(output, classify))))
    }
}

pin_project! {
    /// The future of [`CircuitBreaker::call_async`](crate::CircuitBreaker::call_async).
    #[must_use = "futures do nothing unless polled"]
    pub struct CallAsync<'a, F> {
        #[pin]
        future: F,
        pending: Pending<'a, ()>,
    }
}

impl<'a, F> CallAsync<'a, F> {
    #[inline]
    pub(crate) fn new(breaker: &'a Breaker, future: F) -> Self {
        Self { future, pending: Pending(Some((Call::planned(breaker), ()))) }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for CallAsync<'_, F> {
    type Output = Result<T, Error<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Err(((), refusal)) = this.pending.admit() {
            return Poll::Ready(refusal.into_error(|error| Err(Error::NotPermitted(error))));
        }
        let (call, (), result) = ready!(this.pending.poll(this.future, context));
        Poll::Ready(call.finish(result, |result, _| Outcome::of(result)).map_err(Error::Inner))
    }
}

impl<F> core::fmt::Debug for CallAsync<'_, F> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("CallAsync").finish_non_exhaustive()
    }
}
