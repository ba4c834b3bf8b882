//! Tasks that wait until a breaker may admit a call.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use fluxgate::CircuitBreaker;

use crate::fixture::millis;
use crate::futures::Wakes;
use crate::reference::Reference;

#[derive(Default)]
pub struct Waiting(Vec<Task>);

struct Task {
    ready: Pin<Box<dyn Future<Output = ()>>>,
    wakes: Arc<Wakes>,
    /// How often it had been woken when it was last polled, if it was.
    polled_at: Option<u64>,
}

impl Waiting {
    /// Another task waits, unless several do already.
    pub fn come(&mut self, breaker: &CircuitBreaker) {
        if self.0.len() == 3 {
            return;
        }
        let breaker = breaker.clone();
        let ready = Box::pin(async move { breaker.ready().await });
        self.0.push(Task { ready, wakes: Arc::default(), polled_at: None });
    }

    /// Polls those that were woken, and checks that just those are done that should be.
    pub fn check(&mut self, model: &Reference, now: Duration) {
        let has_chance = model.has_chance(now);
        self.0.retain_mut(|Task { ready, wakes, polled_at }| {
            let mut polls = 0;
            while polled_at.replace(wakes.count()) != Some(wakes.count()) {
                let waker = Waker::from(wakes.clone());
                let is_ready = ready.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
                assert!(!is_ready || has_chance, "it should wait");
                if is_ready {
                    return false;
                }
                polls += 1;
                assert!(polls < 9, "it spins");
            }
            true
        });
        // The timer counts whole milliseconds, and nothing tells a task of a trial that has stalled.
        let is_timely = model.has_chance(now.saturating_sub(millis(2))) && !model.is_stalled(now);
        assert!(self.0.is_empty() || !has_chance || !is_timely, "{} tasks wait in vain", self.0.len());
    }
}
