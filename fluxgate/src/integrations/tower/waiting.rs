//! Services that are not ready while their breaker refuses.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use crate::events::transition::Transition;
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::error::CallNotPermitted;
use crate::handle::listening::listen;
use crate::state::State;

type Asleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How to wait: the user's function, since this crate has no timer.
#[derive(Clone)]
pub(super) struct Sleep(Arc<dyn Fn(Duration) -> Asleep + Send + Sync>);

impl Sleep {
    pub(super) fn new<F: Future<Output = ()> + Send + 'static>(
        sleep: impl Fn(Duration) -> F + Send + Sync + 'static,
    ) -> Self {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| listen(|transition: &Transition| wake(transition.breaker.as_str())));
        Self(Arc::new(move |duration| Box::pin(sleep(duration))))
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sleep")
    }
}

/// The wait of one service.
pub(super) struct Waiting {
    sleep: Sleep,
    /// Locked by nobody: a future need not be `Sync`, and a service has to be.
    asleep: Mutex<Option<Asleep>>,
    /// A call was refused although it had a chance: what a ramp or a permit says is said for so long, and in this state.
    refused: Option<State>,
    seat: Option<Seat>,
}

impl Waiting {
    pub(super) fn new(sleep: Sleep) -> Self {
        Self { sleep, asleep: Mutex::new(None), refused: None, seat: None }
    }

    /// A call of this service was refused.
    pub(super) fn refused(&mut self, refusal: &CallNotPermitted) {
        if let (State::HalfOpen, Some(left)) = (refusal.state(), refusal.retry_after()) {
            self.refused = Some(State::HalfOpen);
            *self.asleep() = Some((self.sleep.0)(left));
        }
    }

    /// Waits until the next call has a chance.
    pub(super) fn poll(&mut self, breaker: &CircuitBreaker, context: &mut Context<'_>) -> Poll<()> {
        if self.refused.is_none() && breaker.refusal().is_none() {
            return self.end();
        }
        // Before the breaker is asked again, so that no change is missed.
        self.seat.get_or_insert_with(Seat::new).occupy(breaker.name(), context.waker());
        if let Some(state) = self.refused {
            if state == breaker.state() && self.is_asleep(context) {
                return Poll::Pending;
            }
            self.refused = None;
        }
        let Some(refusal) = breaker.refusal() else { return self.end() };
        // Drawn anew each time, since a command may have changed it. Nobody knows how long forced open lasts.
        *self.asleep() = refusal.retry_after().map(|left| (self.sleep.0)(left));
        if self.asleep().is_some() && !self.is_asleep(context) {
            // By another clock than the breaker's, or a little early.
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }

    fn end(&mut self) -> Poll<()> {
        self.seat = None;
        *self.asleep() = None;
        Poll::Ready(())
    }

    fn is_asleep(&mut self, context: &mut Context<'_>) -> bool {
        self.asleep().as_mut().is_some_and(|asleep| asleep.as_mut().poll(context).is_pending())
    }

    fn asleep(&mut self) -> &mut Option<Asleep> {
        self.asleep.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another service waits for itself.
impl Clone for Waiting {
    fn clone(&self) -> Self {
        Self::new(self.sleep.clone())
    }
}

/// The tasks that wait for a breaker, by the number of their seat, with its name. Of two breakers with one name, both wake them, and they
/// look for themselves.
static SEATS: Mutex<BTreeMap<u64, (String, Waker)>> = Mutex::new(BTreeMap::new());

/// No user code runs under the lock: a waker is cloned, woken and dropped without it.
fn seats() -> MutexGuard<'static, BTreeMap<u64, (String, Waker)>> {
    SEATS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes the tasks that wait for breakers of this name.
pub(super) fn wake(breaker: &str) {
    let woken: Vec<_> = {
        let mut seats = seats();
        let waiting = seats.iter().filter(|(_, (name, _))| name == breaker);
        let numbers: Vec<_> = waiting.map(|(number, _)| *number).collect();
        numbers.iter().filter_map(|number| seats.remove(number)).collect()
    };
    for (_, waker) in woken {
        waker.wake();
    }
}

struct Seat(u64);

impl Seat {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    fn occupy(&self, breaker: &str, waker: &Waker) {
        let taken = (breaker.to_owned(), waker.clone());
        let before = seats().insert(self.0, taken);
        drop(before);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let left = seats().remove(&self.0);
        drop(left);
    }
}
