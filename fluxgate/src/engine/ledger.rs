//! Where calls that were counted without the lock are recorded.

use super::totals::Counts;
use super::window::memory::Memory;

/// Records calls that were counted without the lock, in an order in which they could have happened.
pub(super) struct Ledger<'a> {
    memory: Option<&'a mut Memory>,
    rejected: &'a mut u64,
    counts: &'a mut Counts,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(memory: Option<&'a mut Memory>, rejected: &'a mut u64, counts: &'a mut Counts) -> Self {
        Self { memory, rejected, counts }
    }

    pub(super) fn record_successes(&mut self, count: u64) {
        if let Some(memory) = &mut self.memory {
            memory.record_successes(count);
        }
    }

    pub(super) fn record_failures(&mut self, count: u64) {
        self.counts.failures += count;
        if let Some(memory) = &mut self.memory {
            memory.record_failures(count);
        }
    }

    /// Records successes, then a failure.
    pub(super) fn record_failure_after(&mut self, successes: u64) {
        self.counts.failures += 1;
        if let Some(memory) = &mut self.memory {
            memory.record_failure_after(successes);
        }
    }

    /// Counts failures followed by so many successes that the memory no longer [remembers](Self::remembered) them.
    pub(super) fn record_forgotten_failures(&mut self, count: u64) {
        self.counts.failures += count;
    }

    pub(super) fn record_refusals(&mut self, count: u64) {
        *self.rejected += count;
    }

    /// The most calls that the memory remembers.
    pub(super) fn remembered(&self) -> u64 {
        self.memory.as_ref().map_or(0, |memory| memory.remembered())
    }
}
