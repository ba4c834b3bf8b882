//! Calls with a time limit.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

use pin_project_lite::pin_project;

use self::timer::Timer;
use super::body::{Body, Delayable};
use super::call::Call;
use super::timed_out::TimedOut;
use crate::engine::breaker::Breaker;
use crate::engine::word::StateWord;
use crate::state::Outcome;

/// How long a call may take.
#[derive(Clone, Copy)]
pub struct Limit(Duration);

impl Limit {
    pub(crate) const fn new(limit: Duration) -> Self {
        Self(limit)
    }
}

/// A call took longer than this.
pub struct Elapsed(Duration);

impl Call<'_> {
    /// Ends a call that took too long: a failure, whatever the trackers say.
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    pub fn time_out(self, Elapsed(limit): Elapsed) -> TimedOut {
        let timed_out = TimedOut::new(self.breaker, limit);
        self.record(Outcome::Failure);
        timed_out
    }
}

pin_project! {
    /// The future of the function's body, limited in time from the end of its first poll. The delay of an injected fault counts towards the
    /// limit.
    pub struct Limited<F> {
        #[pin]
        body: Delayable<F>,
        // Made when the body is first pending.
        #[pin]
        timer: Option<Timer>,
        limit: Duration,
    }
}

/// A panic elsewhere leaves no timer half changed.
impl<F: UnwindSafe> UnwindSafe for Limited<F> {}
impl<F: RefUnwindSafe> RefUnwindSafe for Limited<F> {}

impl<F> Limited<F> {
    #[inline]
    pub(super) fn new(body: Delayable<F>, Limit(limit): Limit) -> Self {
        Self { body, timer: None, limit }
    }
}

impl<F: Future> Body for Limited<F> {
    type Output = Result<F::Output, Elapsed>;

    #[inline(always)]
    fn poll(
        self: Pin<&mut Self>,
        breaker: &Breaker,
        word: &mut StateWord,
        context: &mut Context<'_>,
    ) -> Poll<Self::Output> {
        let mut this = self.project();
        // Before the body, which may use up the budget that tokio gives a task: then the timer would never be polled.
        let elapsed = this.timer.is_some() && poll_timer(this.timer.as_mut(), context).is_ready();
        if let Poll::Ready(output) = this.body.poll(breaker, word, context) {
            return Poll::Ready(Ok(output));
        }
        let elapsed = elapsed || this.timer.is_none() && start(this.timer, *this.limit, context);
        if elapsed { Poll::Ready(Err(Elapsed(*this.limit))) } else { Poll::Pending }
    }
}

#[inline(never)]
fn poll_timer(timer: Pin<&mut Option<Timer>>, context: &mut Context<'_>) -> Poll<()> {
    timer.as_pin_mut().map_or(Poll::Pending, |timer| timer.poll(context))
}

/// Starts the timer. Returns whether the limit has already elapsed.
#[inline(never)]
fn start(mut timer: Pin<&mut Option<Timer>>, limit: Duration, context: &mut Context<'_>) -> bool {
    timer.set(Some(timer::start(limit)));
    poll_timer(timer, context).is_ready()
}

#[cfg(feature = "tokio")]
mod timer {
    pub(super) use tokio::time::{Sleep as Timer, sleep as start};
}

/// Without a timer, no call can have a limit: see [`HasTimer`](crate::private::HasTimer).
#[cfg(not(feature = "tokio"))]
mod timer {
    pub(super) type Timer = std::future::Pending<()>;

    pub(super) fn start(_limit: std::time::Duration) -> Timer {
        std::future::pending()
    }
}
