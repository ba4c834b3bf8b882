//! Tasks that wait for a breaker to change.

use std::collections::BTreeMap;
use std::mem;
use std::task::{Context, Waker};

use crate::callback::contain;
use crate::sync::{Arc, AtomicU64, Mutex, Ordering};

/// Tasks that wait for a change of one breaker.
///
/// A task registers before it looks at the breaker, and whoever changes the breaker wakes those registered afterwards. So a task
/// sees a change or is woken by it. No user code runs under the lock: a waker is cloned, woken and dropped without it.
pub(crate) struct Waiters {
    /// By the numbers of the tasks, so that many may wait: each registers again whenever all are woken.
    wakers: Mutex<BTreeMap<u64, Waker>>,
    next: AtomicU64,
}

impl Waiters {
    pub(crate) fn new() -> Self {
        Self { wakers: Mutex::new(BTreeMap::new()), next: AtomicU64::new(0) }
    }

    /// Wakes all tasks, once the breaker has changed.
    pub(crate) fn wake(&self) {
        let wakers = mem::take(&mut *self.wakers.lock());
        for waker in wakers.into_values() {
            contain(|| waker.wake());
        }
    }
}

/// A task among the waiters, until this is dropped.
pub(crate) struct Waiter {
    waiters: Arc<Waiters>,
    number: u64,
}

impl Waiter {
    pub(crate) fn among(waiters: Arc<Waiters>) -> Self {
        let number = waiters.next.fetch_add(1, Ordering::Relaxed);
        Self { waiters, number }
    }

    /// From now on, the next change wakes this task.
    pub(crate) fn register(&self, context: &Context<'_>) {
        let waker = context.waker().clone();
        let earlier = self.waiters.wakers.lock().insert(self.number, waker);
        drop(earlier);
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let last = self.waiters.wakers.lock().remove(&self.number);
        drop(last);
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Waiter, Waiters};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Wake, Waker};

    struct Panicking;

    impl Wake for Panicking {
        fn wake(self: Arc<Self>) {
            panic!("a runtime that is gone");
        }
    }

    struct Noting(AtomicBool);

    impl Wake for Noting {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_waker_that_panics_keeps_no_other_from_being_woken() {
        let waiters = Arc::new(Waiters::new());
        let noting = Arc::new(Noting(AtomicBool::new(false)));
        let wakers = [Waker::from(Arc::new(Panicking)), noting.clone().into(), Arc::new(Panicking).into()];
        let registered = wakers.map(|waker| {
            let waiter = Waiter::among(waiters.clone());
            waiter.register(&Context::from_waker(&waker));
            waiter
        });
        waiters.wake();
        assert!(noting.0.load(Ordering::Relaxed));
        drop(registered);
    }
}
