//! Services that are not ready while their breaker refuses.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::events::waiters::Waiter;
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::error::CallNotPermitted;
use crate::state::State;

type Asleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How to wait: the user's function, since this crate has no timer.
#[derive(Clone)]
pub(crate) struct Sleep(Arc<dyn Fn(Duration) -> Asleep + Send + Sync>);

impl Sleep {
    pub(crate) fn new<F: Future<Output = ()> + Send + 'static>(
        sleep: impl Fn(Duration) -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |duration| Box::pin(sleep(duration))))
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sleep")
    }
}

/// The wait of one service.
pub(crate) struct Waiting {
    sleep: Sleep,
    /// Never locked: a future need not be `Sync`, but a service must be.
    asleep: Mutex<Option<Asleep>>,
    /// The generation of a half-open breaker in which the service became ready.
    ready_in: Option<u64>,
    /// A call was refused although it had a chance, by a ramp or a permit: that holds while the service sleeps, in this generation.
    refused: Option<u64>,
    waiter: Option<Waiter>,
}

impl Waiting {
    pub(crate) fn new(sleep: Sleep) -> Self {
        Self { sleep, asleep: Mutex::new(None), ready_in: None, refused: None, waiter: None }
    }

    /// A call of this service was refused. If that was in another generation than it became ready in, it does not sleep, and asks again.
    pub(crate) fn refused(&mut self, refusal: &CallNotPermitted) {
        if let (State::HalfOpen, Some(left)) = (refusal.state(), refusal.retry_after()) {
            self.refused = self.ready_in;
            *self.asleep() = Some((self.sleep.0)(left));
        }
    }

    /// Waits until the next call has a chance.
    pub(crate) fn poll(&mut self, breaker: &CircuitBreaker, context: &mut Context<'_>) -> Poll<()> {
        if self.refused.is_none() && breaker.refusal().is_none() {
            return self.end(breaker);
        }
        // Before the breaker is asked again, so that no change is missed.
        self.waiter.get_or_insert_with(|| breaker.waiter()).register(context);
        if self.refused.is_some() {
            if self.refused == breaker.half_open_generation() && self.poll_sleep(context).is_pending() {
                return Poll::Pending;
            }
            self.refused = None;
        }
        let Some(refusal) = breaker.refusal() else { return self.end(breaker) };
        // Made anew each time, since a command may have changed the pause. Nobody knows how long forced open lasts.
        *self.asleep() = refusal.retry_after().map(|left| (self.sleep.0)(left));
        if self.asleep().is_some() && self.poll_sleep(context).is_ready() {
            // The timer runs on another clock than the breaker's, or fired a little early.
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }

    fn end(&mut self, breaker: &CircuitBreaker) -> Poll<()> {
        // Before the call: by the time it is refused, another trial may have begun.
        self.ready_in = breaker.half_open_generation();
        self.waiter = None;
        *self.asleep() = None;
        Poll::Ready(())
    }

    fn poll_sleep(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.asleep().as_mut().map_or(Poll::Ready(()), |asleep| asleep.as_mut().poll(context))
    }

    fn asleep(&mut self) -> &mut Option<Asleep> {
        self.asleep.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clone waits by itself.
impl Clone for Waiting {
    fn clone(&self) -> Self {
        Self::new(self.sleep.clone())
    }
}
