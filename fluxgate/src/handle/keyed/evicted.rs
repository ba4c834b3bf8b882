//! Breakers that are no longer in their family.

use crate::callback::contain;
use crate::engine::breaker::Breaker;
use crate::sync::Arc;

/// Breakers to drop once the lock of the family's table is released: that drops keys and listeners, which is user code.
#[derive(Default)]
pub(super) struct Evicted(Vec<Arc<Breaker>>);

impl Evicted {
    pub(super) fn push(&mut self, breaker: Arc<Breaker>) {
        self.0.push(breaker);
    }
}

impl Drop for Evicted {
    fn drop(&mut self) {
        for breaker in self.0.drain(..) {
            // Whoever uses another key has nothing to do with this one's panic, and two of them would abort the program.
            contain(|| drop(breaker));
        }
    }
}
