//! Waiting until a breaker may admit a call.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;
#[cfg(not(fluxgate_loom))]
use tokio::time::sleep;

use super::circuit_breaker::CircuitBreaker;
use crate::clock::NEVER;
use crate::engine::breaker::Breaker;
use crate::engine::readiness::{refused_for, waiter};

impl CircuitBreaker {
    /// With the feature `tokio`: waits until the next call has a chance to be admitted. It has one at once, unless the breaker is open,
    /// forced open, or in a trial that has no room for another call. Then it has one when the breaker's pause ends, by itself or by a
    /// command, or when a call of the trial ends.
    ///
    /// It admits nothing and reserves nothing: a call may still be refused, since others may have waited as well. While the breaker [never tries
    /// again](crate::retry::never) or is forced open, this waits for a command. The pause is measured by tokio's timer, and then checked by
    /// the breaker's own clock, so this does not exist for [`wasm32-unknown-unknown`](crate#targets), where tokio has no timer.
    ///
    /// # Panics
    /// If it has to wait for time to pass outside of tokio's runtime, as `tokio::time::sleep` does.
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, permit};
    /// # use std::time::Duration;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fluxgate::ConfigError> {
    /// let breaker = CircuitBreaker::builder("payments").permit(permit::all()).build()?;
    /// breaker.open_for(Duration::from_millis(20));
    /// breaker.ready().await;
    /// breaker.call(|| Ok::<_, ()>("admitted")).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    pub async fn ready(&self) {
        if refused_for(self.enrolled()).is_some() {
            wait(self.enrolled()).await;
        }
    }

    /// With the feature `tokio`: when the next call has a chance to be admitted, as far as is known now, by tokio's clock. `None` if only a
    /// command can admit one. See [`ready`](Self::ready).
    ///
    /// ```
    /// # use fluxgate::CircuitBreaker;
    /// # use std::time::Duration;
    /// let breaker = CircuitBreaker::builder("payments").build()?;
    /// assert!(breaker.ready_at() <= Some(tokio::time::Instant::now()));
    /// breaker.open_for(Duration::from_secs(60));
    /// assert!(breaker.ready_at() > Some(tokio::time::Instant::now() + Duration::from_secs(50)));
    /// breaker.force_open();
    /// assert_eq!(breaker.ready_at(), None);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn ready_at(&self) -> Option<Instant> {
        match refused_for(self.enrolled()) {
            None => Some(Instant::now()),
            Some((_, NEVER)) => None,
            Some((_, nanos)) => Instant::now().checked_add(Duration::from_nanos(nanos)),
        }
    }
}

async fn wait(breaker: &Breaker) {
    let waiter = waiter(breaker);
    let mut asleep = pin!(None);
    poll_fn(|context| {
        // Before the breaker is asked, so that no change is missed.
        waiter.register(context);
        let Some((_, left)) = refused_for(breaker) else { return Poll::Ready(()) };
        // Made anew each time, since a command may have changed the pause.
        asleep.set((left != NEVER).then(|| sleep(Duration::from_nanos(left))));
        if asleep.as_mut().as_pin_mut().is_some_and(|asleep| asleep.poll(context).is_ready()) {
            // The pause is not over by the breaker's own clock.
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await;
}

/// Models have no timer, so a wake-up that is lost is lost for good.
#[cfg(fluxgate_loom)]
fn sleep(_: Duration) -> std::future::Pending<()> {
    std::future::pending()
}
