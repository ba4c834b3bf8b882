//! Bounded queues of events, for those who wait for them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use super::audience::Subscription;
use super::delivery::listen_everywhere;
use super::event::{EndedCall, Event, RefusedCall};
use super::interests::Interests;
use super::listener::Listener;
use super::transition::Transition;
use crate::callback::contain;
use crate::sync::RwLock;

/// The queue of one stream. Models do not cover it: it is a queue under a lock.
pub(crate) struct Channel {
    queue: Mutex<Queue>,
    filled: Condvar,
}

struct Queue {
    events: VecDeque<Event>,
    interests: Interests,
    capacity: usize,
    dropped: u64,
    /// The task that waits for an event.
    waiting: Option<Waker>,
}

impl Channel {
    pub(crate) fn open(capacity: usize) -> Arc<Self> {
        let (events, interests) = (VecDeque::new(), Interests::transitions());
        let queue = Queue { events, interests, capacity, dropped: 0, waiting: None };
        let channel = Arc::new(Self { queue: Mutex::new(queue), filled: Condvar::new() });
        CHANNELS.join(&channel);
        channel
    }

    /// No user code runs under the lock.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_interests(&self, interests: Interests) {
        self.lock().interests = interests;
    }

    /// Drops the oldest events if there are more than this.
    pub(crate) fn set_capacity(&self, capacity: usize) {
        let mut queue = self.lock();
        queue.capacity = capacity.max(1);
        queue.shrink();
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    pub(crate) fn take(&self) -> Option<Event> {
        self.lock().events.pop_front()
    }

    /// Blocks this thread until there is an event, or until that time.
    pub(crate) fn wait(&self, until: Option<Instant>) -> Option<Event> {
        let mut queue = self.lock();
        loop {
            if let Some(event) = queue.events.pop_front() {
                return Some(event);
            }
            queue = match until {
                None => self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.checked_duration_since(Instant::now())?;
                    self.filled.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<Event> {
        if let Some(event) = self.take() {
            return Poll::Ready(event);
        }
        // A waker is user code: it is cloned without the lock, and one that is replaced is dropped without it.
        let waker = context.waker().clone();
        let mut queue = self.lock();
        if let Some(event) = queue.events.pop_front() {
            return Poll::Ready(event);
        }
        let replaced = queue.waiting.replace(waker);
        drop(queue);
        drop(replaced);
        Poll::Pending
    }

    /// Queues an event if it is wanted, and wakes whoever waits for it.
    fn push(&self, is_wanted: impl FnOnce(Interests) -> bool, event: impl FnOnce() -> Event) {
        let waiting = {
            let mut queue = self.lock();
            if !is_wanted(queue.interests) {
                return;
            }
            queue.events.push_back(event());
            queue.shrink();
            queue.waiting.take()
        };
        self.filled.notify_one();
        if let Some(waker) = waiting {
            // If it panics, the other channels still get the event.
            contain(|| waker.wake());
        }
    }
}

impl Queue {
    fn shrink(&mut self) {
        while self.events.len() > self.capacity {
            self.events.pop_front();
            self.dropped += 1;
        }
    }
}

/// The open channels. Together they are one listener, which hears everything once there has been a channel.
static CHANNELS: Channels = Channels(RwLock::new(Vec::new()));

struct Channels(RwLock<Vec<Weak<Channel>>>);

impl Channels {
    fn join(&'static self, channel: &Arc<Channel>) {
        static LISTENING: Once = Once::new();
        self.0.write().push(Arc::downgrade(channel));
        LISTENING.call_once(|| {
            let interests = Interests::transitions().resets().refusals().counted_calls();
            listen_everywhere(Subscription { listener: Arc::new(Hub(self)), interests });
        });
    }

    /// Forgets channels that are no longer open.
    fn leave(&self) {
        self.0.write().retain(|channel| channel.strong_count() > 0);
    }

    fn each(&self, push: impl Fn(&Channel)) {
        // Wakers are user code, and may open or drop a channel.
        let channels: Vec<_> = self.0.read().iter().filter_map(Weak::upgrade).collect();
        for channel in &channels {
            push(channel);
        }
    }
}

struct Hub(&'static Channels);

impl Listener for Hub {
    fn on_transition(&self, transition: &Transition) {
        let is_reset = transition.is_reset();
        self.0.each(|channel| {
            let is_wanted = |interests: Interests| !is_reset || interests.has_resets();
            channel.push(is_wanted, || Event::Transition(transition.clone()));
        });
    }

    fn on_refusal(&self, call: &RefusedCall) {
        self.0.each(|channel| channel.push(Interests::has_refusals, || Event::Refused(call.clone())));
    }

    fn on_call(&self, call: &EndedCall) {
        self.0.each(|channel| channel.push(Interests::has_calls, || Event::Ended(call.clone())));
    }
}

/// Runs when the last handle to a channel is dropped.
impl Drop for Channel {
    fn drop(&mut self) {
        CHANNELS.leave();
    }
}
