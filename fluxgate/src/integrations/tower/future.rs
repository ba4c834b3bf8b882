//! The future of a guarded service.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::follow::Followed;
use super::reject::Reject;
use crate::handle::body::Delayable;
use crate::handle::error::CallNotPermitted;
use crate::handle::future::resumed_after_completion;
use crate::handle::guarded_call::GuardedCall;

pin_project! {
    /// The future of a [`CircuitBreakerService`](super::CircuitBreakerService).
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, M, R> {
        #[pin]
        progress: Progress<F, M, R>,
    }
}

pin_project! {
    #[project = Projected]
    enum Progress<F, M, R> {
        Admitted { #[pin] future: Delayable<F>, pending: Option<(GuardedCall, M)> },
        Refused { refused: Option<(CallNotPermitted, R)> },
    }
}

impl<F, M, R> ResponseFuture<F, M, R> {
    #[inline]
    pub(super) fn admitted(call: GuardedCall, future: F, followed: M) -> Self {
        Self {
            progress: Progress::Admitted { future: Delayable::new(future), pending: Some((call, followed)) },
        }
    }

    pub(super) fn refused(refusal: CallNotPermitted, rejection: R) -> Self {
        Self { progress: Progress::Refused { refused: Some((refusal, rejection)) } }
    }
}

impl<F, M, R, T, E> Future for ResponseFuture<F, M, R>
where
    F: Future<Output = Result<T, E>>,
    M: Followed<T, E>,
    R: Reject<T, E>,
{
    type Output = Result<M::Response, R::Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().progress.project() {
            Projected::Admitted { future, pending } => {
                let Some((mut call, followed)) = pending.take() else { resumed_after_completion() };
                match call.poll(|call| call.poll(future, context)) {
                    Poll::Ready(result) => Poll::Ready(followed.respond(call, result).map_err(R::inner)),
                    Poll::Pending => {
                        *pending = Some((call, followed));
                        Poll::Pending
                    }
                }
            }
            Projected::Refused { refused } => {
                let Some((refusal, rejection)) = refused.take() else { resumed_after_completion() };
                Poll::Ready(rejection.reject(refusal).map(M::unwatched))
            }
        }
    }
}

impl<F, M, R> fmt::Debug for ResponseFuture<F, M, R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
