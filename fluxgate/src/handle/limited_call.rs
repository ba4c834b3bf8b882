//! Calls by hand with a time limit.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::call::Call;
use super::error::Error;
use super::future::{CallAsync, Finish, Kept, Pending, not_permitted};
use super::limit::{Elapsed, Limit, Limited};
use super::timed_out::TimedOut;
use crate::clock::TARGET_HAS_TIMERS;
use crate::engine::breaker::Breaker;
use crate::state::Outcome;

pin_project! {
    /// With the feature `tokio`: the future of a call with a time limit; see [`CallAsync::timeout`].
    #[must_use = "futures do nothing unless polled"]
    pub struct LimitedCallAsync<'a, F> {
        #[pin]
        body: Limited<F>,
        pending: Pending<'a, &'a Breaker, Kept<InTime>>,
    }
}

impl<'a, F> CallAsync<'a, F> {
    /// With the feature `tokio`: ends the call once `limit` has passed since it first had to wait. The error is made from a [`TimedOut`], and
    /// for the breaker it is a failure that took that long. Its future is then no longer polled, and is dropped together with this one,
    /// which `await` does at once.
    ///
    /// So the call's error has to be [`From<TimedOut>`](TimedOut). If it is a type of another crate, convert it within the call to a type
    /// of yours that is `From` both: `breaker.call_async(async { Ok::<_, MyError>(request.await?) })`.
    ///
    /// It needs tokio's runtime with a timer. If the future has to wait anywhere else, it panics as `tokio::time::sleep` does. For
    /// [`wasm32-unknown-unknown`](crate#targets), where tokio's timers do not work, it does not compile.
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, Error};
    /// use std::{io, time::Duration};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fluxgate::ConfigError> {
    /// let breaker = CircuitBreaker::builder("payments").build()?;
    /// let call = breaker.call_async(std::future::pending::<io::Result<()>>());
    /// let Err(Error::Inner(error)) = call.timeout(Duration::from_millis(20)).await else { unreachable!() };
    /// assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    /// assert_eq!(breaker.metrics().failures(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn timeout(self, limit: Duration) -> LimitedCallAsync<'a, F> {
        const { assert!(TARGET_HAS_TIMERS, "`timeout` needs tokio's timers, which do not work on this target") };
        let (body, pending) = self.into_parts();
        LimitedCallAsync { body: Limited::new(body, Limit::new(limit)), pending: pending.ended_by(InTime) }
    }
}

/// An error that can be made from a [`TimedOut`], with a message for those that cannot.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that a call timed out",
    label = "needs `From<fluxgate::TimedOut>`, since the call has a `timeout`",
    note = "if it is a type of another crate, put it into an enum of yours:\n`breaker.call_async(async {{ Ok::<_, MyError>(request.await?) }}).timeout(..)`"
)]
pub trait CanTimeOut: From<TimedOut> {}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> CanTimeOut for E {}

/// Every error is a failure, and so is a time-out.
struct InTime;

impl<'a, T, E: CanTimeOut> Finish<'a, Result<Result<T, E>, Elapsed>> for Kept<InTime> {
    type Output = Result<T, Error<E>>;

    fn finish(&mut self, call: Call<'a>, polled: Poll<Result<Result<T, E>, Elapsed>>) -> Poll<Self::Output> {
        polled.map(|result| match result {
            Ok(result) => call.settle(result, |_, _| Outcome::Failure).map_err(Error::Inner),
            Err(elapsed) => Err(Error::Inner(call.time_out(elapsed).into())),
        })
    }
}

impl<T, E: CanTimeOut, F: Future<Output = Result<T, E>>> Future for LimitedCallAsync<'_, F> {
    type Output = Result<T, Error<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.pending.poll(this.body, context, &not_permitted)
    }
}

impl<F> fmt::Debug for LimitedCallAsync<'_, F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LimitedCallAsync").finish_non_exhaustive()
    }
}
