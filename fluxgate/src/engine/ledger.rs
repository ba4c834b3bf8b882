//! What becomes of calls that went without the lock.

use super::totals::Counts;
use super::window::memory::Memory;

/// Where calls are entered that went without the lock, in an order in which they can have happened.
pub(super) struct Ledger<'a> {
    memory: Option<&'a mut Memory>,
    rejected: &'a mut u64,
    counts: &'a mut Counts,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(memory: Option<&'a mut Memory>, rejected: &'a mut u64, counts: &'a mut Counts) -> Self {
        Self { memory, rejected, counts }
    }

    pub(super) fn enter_successes(&mut self, count: u64) {
        if let Some(memory) = &mut self.memory {
            memory.record_successes(count);
        }
    }

    pub(super) fn enter_failures(&mut self, count: u64) {
        self.counts.failures += count;
        if let Some(memory) = &mut self.memory {
            memory.record_failures(count);
        }
    }

    /// Enters so many successes, and a failure that came after them.
    pub(super) fn enter_failure_after(&mut self, successes: u64) {
        self.counts.failures += 1;
        if let Some(memory) = &mut self.memory {
            memory.record_failure_after(successes);
        }
    }

    /// Enters failures after which there are so many successes that nothing [remembers](Self::remembered) them.
    pub(super) fn enter_forgotten_failures(&mut self, count: u64) {
        self.counts.failures += count;
    }

    pub(super) fn enter_refusals(&mut self, count: u64) {
        *self.rejected += count;
    }

    /// How many calls are remembered at most.
    pub(super) fn remembered(&self) -> u64 {
        self.memory.as_ref().map_or(0, |memory| memory.remembered())
    }
}
