//! The listeners of refusals and of the ends of calls.

use std::cell::LazyCell;
use std::sync::atomic::{AtomicBool, Ordering};

use super::event::{EndedCall, RefusedCall};
use super::interests::Interests;
use super::listener::Listener;
use crate::callback::contain;
use crate::sync::{Arc, OnceBox, const_unless_model};

/// A listener and its interests.
#[derive(Clone)]
pub(crate) struct Subscription {
    pub(crate) listener: Arc<dyn Listener>,
    pub(crate) interests: Interests,
}

impl Subscription {
    /// Asks the listener for its interests, which is user code.
    pub(crate) fn new(listener: Arc<dyn Listener>) -> Self {
        let interests = contain(|| listener.interests()).unwrap_or_default();
        Self { listener, interests }
    }
}

/// The listeners of refusals and calls. They stay forever, so they are read without a lock: a chain that only grows.
pub(crate) struct Audience(OnceBox<Seat>);

struct Seat {
    member: Subscription,
    next: Audience,
}

/// The listeners of refusals and calls of all breakers.
#[cfg(not(fluxgate_loom))]
pub(crate) static EVERYWHERE: Audience = Audience::new();
#[cfg(fluxgate_loom)]
loom::lazy_static! {
    pub(crate) static ref EVERYWHERE: Audience = Audience::new();
}

impl Audience {
    const_unless_model! {
        pub(crate) const fn new() -> Self {
            Self(OnceBox::new())
        }
    }

    pub(crate) fn add(&self, member: &Subscription) {
        HAS_LISTENERS.store(true, Ordering::Release);
        let mut seat = Box::new(Seat { member: member.clone(), next: Self::new() });
        let mut end = self;
        while let Err(back) = end.0.set(seat) {
            seat = back;
            if let Some(taken) = end.0.get() {
                end = &taken.next;
            }
        }
    }

    fn tell(&self, wants: fn(Interests) -> bool, tell: impl Fn(&dyn Listener)) {
        let mut seat = self.0.get();
        while let Some(Seat { member, next }) = seat {
            if wants(member.interests) {
                contain(|| tell(&*member.listener));
            }
            seat = next.0.get();
        }
    }
}

/// Whether there is any listener at all: one load, for breakers that refuse a million calls a second.
static HAS_LISTENERS: AtomicBool = AtomicBool::new(false);

#[inline]
pub(crate) fn is_anyone() -> bool {
    HAS_LISTENERS.load(Ordering::Acquire)
}

/// Whether anyone may want to hear of refusals. `tracing` decides later, when it gets the event.
#[inline]
pub(crate) fn hears_refusals() -> bool {
    cfg!(feature = "tracing") || is_anyone()
}

/// Reports a refusal, on this thread. It is described only if anyone wants to hear of it.
pub(crate) fn tell_refusal(own: Option<&Audience>, describe: impl FnOnce() -> RefusedCall) {
    let call = LazyCell::new(describe);
    #[cfg(feature = "tracing")]
    contain(|| super::tracing::emit_refusal(&call));
    tell(own, Interests::has_refusals, |listener| listener.on_refusal(&call));
}

/// Reports the end of a call, on this thread.
pub(crate) fn tell_end(own: Option<&Audience>, describe: impl FnOnce() -> EndedCall) {
    let call = LazyCell::new(describe);
    tell(own, Interests::has_calls, |listener| listener.on_call(&call));
}

fn tell(own: Option<&Audience>, wants: fn(Interests) -> bool, tell: impl Fn(&dyn Listener)) {
    if let Some(own) = own {
        own.tell(wants, &tell);
    }
    EVERYWHERE.tell(wants, &tell);
}
