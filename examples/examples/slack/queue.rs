//! A bounded queue between breakers, which never wait, and a task that may have to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fluxgate::{Listener, Transition};
use tokio::sync::Notify;

/// A listener that queues transitions. If the queue is full, the oldest is dropped: the latest ones describe the present.
#[derive(Clone)]
pub struct Queue(Arc<Inner>);

struct Inner {
    waiting: Mutex<Waiting>,
    filled: Notify,
    capacity: usize,
}

#[derive(Default)]
struct Waiting {
    transitions: VecDeque<Transition>,
    dropped: u64,
    is_closed: bool,
}

impl Queue {
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Inner { waiting: Mutex::default(), filled: Notify::new(), capacity }))
    }

    /// The next transition, and how many were dropped since the last one. `None` if the queue is closed and empty.
    pub async fn next(&self) -> Option<(Transition, u64)> {
        loop {
            {
                let mut waiting = self.lock();
                if let Some(transition) = waiting.transitions.pop_front() {
                    return Some((transition, std::mem::take(&mut waiting.dropped)));
                }
                if waiting.is_closed {
                    return None;
                }
            }
            // If something was queued just now, this returns at once.
            self.0.filled.notified().await;
        }
    }

    /// Accepts nothing more.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.0.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Queue {
    /// Runs within somebody's call, so it must not wait for anything.
    fn on_transition(&self, transition: &Transition) {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return;
        }
        if waiting.transitions.len() == self.0.capacity {
            waiting.transitions.pop_front();
            waiting.dropped += 1;
        }
        waiting.transitions.push_back(transition.clone());
        drop(waiting);
        self.0.filled.notify_one();
    }
}
