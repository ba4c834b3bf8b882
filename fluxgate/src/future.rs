//! Futures of guarded calls.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::breaker::{Breaker, Refusal};
use crate::call::Call;
use crate::error::Error;
use crate::state::Outcome;

/// A call between two polls of its future, with what is to be done afterwards.
///
/// A future that is dropped there was cancelled. It is never a panic of its own, even where the thread is panicking: that
/// one comes from elsewhere and takes the future along.
struct Parked<'a, T>(Option<(Call<'a>, T)>);

impl<T> Drop for Parked<'_, T> {
    fn drop(&mut self) {
        if let Some((call, _)) = self.0.take() {
            call.cancel();
        }
    }
}

impl<'a, T> Parked<'a, T> {
    /// Polls the future of the call. Meanwhile the call is here, so that a panic of the future finds it and is recorded at
    /// once, not when the future is dropped, which may be much later. Without a call there is nothing to wait for any more.
    #[inline]
    fn poll<F: Future>(
        &mut self,
        future: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<(Call<'a>, T, F::Output)> {
        let Some((call, then)) = self.0.take() else { return Poll::Pending };
        match future.poll(context) {
            Poll::Ready(output) => Poll::Ready((call, then, output)),
            Poll::Pending => {
                self.0 = Some((call, then));
                Poll::Pending
            }
        }
    }
}

pin_project! {
    /// The body of an `async fn` whose call was admitted.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<'a, F, J> {
        #[pin]
        future: F,
        parked: Parked<'a, J>,
    }
}

impl<'a, F: Future, J: FnOnce(&F::Output) -> Outcome> Guarded<'a, F, J> {
    /// `judge` says what became of the call.
    #[inline]
    pub fn new(call: Call<'a>, future: F, judge: J) -> Self {
        Self { future, parked: Parked(Some((call, judge))) }
    }
}

impl<F: Future, J: FnOnce(&F::Output) -> Outcome> Future for Guarded<'_, F, J> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let (call, judge, output) = ready!(this.parked.poll(this.future, context));
        Poll::Ready(call.judge(output, judge))
    }
}

pin_project! {
    /// A future that a function has returned, to be admitted when it is first polled.
    #[must_use = "futures do nothing unless polled"]
    pub struct Deferred<'a, F, J, S> {
        #[pin]
        future: F,
        start: Option<(&'a Breaker, J, S)>,
        parked: Parked<'a, (J, S)>,
    }
}

impl<'a, F, J, S, R> Deferred<'a, F, J, S>
where
    F: Future<Output = R>,
    J: FnOnce(&R) -> Outcome,
    S: FnOnce(Result<R, Refusal<'a>>) -> R,
{
    /// `judge` says what became of the call, `settle` what is returned.
    #[inline]
    pub fn new(breaker: &'a Breaker, future: F, judge: J, settle: S) -> Self {
        Self { future, start: Some((breaker, judge, settle)), parked: Parked(None) }
    }
}

impl<'a, F, J, S, R> Future for Deferred<'a, F, J, S>
where
    F: Future<Output = R>,
    J: FnOnce(&R) -> Outcome,
    S: FnOnce(Result<R, Refusal<'a>>) -> R,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let this = self.project();
        if let Some((breaker, judge, settle)) = this.start.take() {
            match breaker.enter() {
                Ok(call) => this.parked.0 = Some((call, (judge, settle))),
                Err(refusal) => return Poll::Ready(settle(Err(refusal))),
            }
        }
        let (call, (judge, settle), output) = ready!(this.parked.poll(this.future, context));
        Poll::Ready(settle(Ok(call.judge(output, judge))))
    }
}

pin_project! {
    /// The future of [`CircuitBreaker::call_async`](crate::CircuitBreaker::call_async).
    #[must_use = "futures do nothing unless polled"]
    pub struct CallAsync<'a, F> {
        #[pin]
        future: F,
        start: Option<&'a Breaker>,
        parked: Parked<'a, ()>,
    }
}

impl<'a, F> CallAsync<'a, F> {
    pub(crate) fn new(breaker: &'a Breaker, future: F) -> Self {
        Self { future, start: Some(breaker), parked: Parked(None) }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for CallAsync<'_, F> {
    type Output = Result<T, Error<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(breaker) = this.start.take() {
            match breaker.enter() {
                Ok(call) => this.parked.0 = Some((call, ())),
                Err(refusal) => return Poll::Ready(Err(Error::NotPermitted(refusal.tell()))),
            }
        }
        let (call, (), result) = ready!(this.parked.poll(this.future, context));
        Poll::Ready(call.judge(result, Outcome::of).map_err(Error::Inner))
    }
}

impl<F> core::fmt::Debug for CallAsync<'_, F> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("CallAsync").finish_non_exhaustive()
    }
}
