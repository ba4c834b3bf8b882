//! What a guarded call awaits.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::call::Call;
use super::delay::Delay;

/// What a call awaits that was admitted.
pub trait Body {
    type Output;

    /// Polls it as the body of `call`.
    fn poll(self: Pin<&mut Self>, call: &mut Call<'_>, context: &mut Context<'_>) -> Poll<Self::Output>;
}

pin_project! {
    /// The future of the function's body.
    pub struct Plain<F> {
        #[pin]
        future: F,
        delay: Delay,
    }
}

impl<F> Plain<F> {
    #[inline]
    pub(crate) fn new(future: F) -> Self {
        Self { future, delay: Delay::NONE }
    }
}

impl<F: Future> Body for Plain<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, call: &mut Call<'_>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if call.waits(this.delay, context) { Poll::Pending } else { this.future.poll(context) }
    }
}
