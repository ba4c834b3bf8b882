//! What a guarded call awaits.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::delay::Delay;
use crate::engine::breaker::Breaker;
use crate::engine::word::StateWord;

/// What an admitted call awaits.
pub trait Body {
    type Output;

    /// Polls it as the body of a call that `breaker` has admitted under `word`.
    fn poll(
        self: Pin<&mut Self>,
        breaker: &Breaker,
        word: &mut StateWord,
        context: &mut Context<'_>,
    ) -> Poll<Self::Output>;
}

/// A refused call has no body, and is not polled.
impl<B: Body> Body for Option<B> {
    type Output = B::Output;

    fn poll(
        self: Pin<&mut Self>,
        breaker: &Breaker,
        word: &mut StateWord,
        context: &mut Context<'_>,
    ) -> Poll<B::Output> {
        self.as_pin_mut().map_or(Poll::Pending, |body| body.poll(breaker, word, context))
    }
}

pin_project! {
    /// The future of the function's body, which an injected fault may delay.
    pub struct Delayable<F> {
        #[pin]
        future: F,
        delay: Delay,
    }
}

impl<F> Delayable<F> {
    #[inline(always)]
    pub(crate) fn new(future: F) -> Self {
        Self { future, delay: Delay::NONE }
    }
}

impl<F: Future> Body for Delayable<F> {
    type Output = F::Output;

    #[inline(always)]
    fn poll(
        self: Pin<&mut Self>,
        breaker: &Breaker,
        word: &mut StateWord,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        let this = self.project();
        if this.delay.wait(breaker, word, context) { this.future.poll(context) } else { Poll::Pending }
    }
}
