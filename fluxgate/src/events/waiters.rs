//! Tasks that wait for a breaker to change.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Waker};

use super::interests::Interests;
use super::listener::Listener;
use super::transition::Transition;
use crate::sync::Arc;

/// Tasks that wait for a change of one breaker. Models do not cover it: it is a list under a lock.
#[derive(Default)]
pub(crate) struct Waiters {
    waiting: Mutex<Waiting>,
    listening: OnceLock<()>,
    next: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    changes: u64,
    wakers: Vec<(u64, Waker)>,
}

impl Waiters {
    /// Calls `listen` once.
    pub(crate) fn once_listening(self: &Arc<Self>, listen: impl FnOnce(Arc<Self>)) {
        self.listening.get_or_init(|| listen(self.clone()));
    }

    /// No user code runs under the lock.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The breaker has changed.
    pub(crate) fn wake(&self) {
        let wakers = {
            let mut waiting = self.lock();
            waiting.changes += 1;
            std::mem::take(&mut waiting.wakers)
        };
        for (_, waker) in wakers {
            waker.wake();
        }
    }
}

impl Listener for Waiters {
    fn on_transition(&self, _: &Transition) {
        self.wake();
    }

    fn interests(&self) -> Interests {
        Interests::transitions().resets()
    }
}

/// A place among the waiters, which is given up when it is dropped.
pub(crate) struct Place {
    waiters: Arc<Waiters>,
    number: u64,
    /// The changes that have been seen.
    seen: u64,
}

impl Place {
    pub(crate) fn among(waiters: Arc<Waiters>) -> Self {
        let number = waiters.next.fetch_add(1, Ordering::Relaxed);
        Self { waiters, number, seen: 0 }
    }

    /// From now on, changes are news.
    pub(crate) fn look(&mut self) {
        self.seen = self.waiters.lock().changes;
    }

    /// Whether there are news. If not, the task is woken by the next.
    pub(crate) fn has_news(&self, context: &Context<'_>) -> bool {
        let waker = context.waker().clone();
        let replaced = {
            let mut waiting = self.waiters.lock();
            if waiting.changes != self.seen {
                return true;
            }
            let earlier = waiting.wakers.iter_mut().find(|(number, _)| *number == self.number);
            if let Some((_, earlier)) = earlier {
                Some(std::mem::replace(earlier, waker))
            } else {
                waiting.wakers.push((self.number, waker));
                None
            }
        };
        drop(replaced);
        false
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiters.lock();
        let at = waiting.wakers.iter().position(|(number, _)| *number == self.number);
        let removed = at.map(|at| waiting.wakers.swap_remove(at));
        drop(waiting);
        drop(removed);
    }
}
