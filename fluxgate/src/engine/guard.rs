//! A breaker whose lock is held.

use std::ops::{Deref, DerefMut};

use fluxgate_rules::{Measures, Metrics, Node, Rule, Tally};

use super::breaker::Breaker;
use super::journal::Closed;
use super::locked::Locked;
use super::running::SlowCalls;
use super::window::memory::Memory;
use super::word::StateWord;
use crate::state::State;
use crate::sync::{MutexGuard, Ordering, fence};

/// A breaker whose lock is held. Derefs to what the lock guards.
pub(crate) struct Guard<'a> {
    pub(crate) breaker: &'a Breaker,
    /// The current word.
    pub(crate) word: StateWord,
    /// The pause that the dependency has requested, in nanoseconds, with the failure that is being recorded.
    pub(super) requested: Option<u64>,
    locked: MutexGuard<'a, Locked>,
}

impl Breaker {
    #[inline]
    pub(crate) fn lock(&self) -> Guard<'_> {
        let locked = self.locked().lock();
        // Once a breaker is in use, its word changes only under the lock.
        let word = StateWord(self.state.latest());
        Guard { breaker: self, word, requested: None, locked }
    }

    /// The figures of the recent calls.
    pub(crate) fn metrics(&self) -> Metrics {
        let now = self.now();
        self.lock().metrics(now)
    }
}

impl Guard<'_> {
    /// Marks the breaker as changing, before anything is written that belongs to its generation.
    ///
    /// Readers without the lock read the state, then `since`, `deadline` or `reason`, then the state again, and trust what they read
    /// only if the state [was the same](Breaker::was_still_in) both times.
    pub(super) fn begin_change(&self) {
        self.breaker.state.store(self.word.changing().0, Ordering::Relaxed);
        fence(Ordering::Release);
        self.breaker.healthy.store(StateWord::NONE.0, Ordering::Relaxed);
    }

    /// Publishes the new word, and with it all that was written before.
    pub(super) fn publish(&mut self, word: StateWord) {
        self.word = word;
        self.breaker.state.store(word.0, Ordering::Release);
    }

    /// Revokes what was granted to calls with the old word, before the way calls are recorded changes.
    pub(super) fn revoke_grants(&mut self) {
        self.close_stripes();
        self.breaker.healthy.store(StateWord::NONE.0, Ordering::Release);
    }

    /// Asks a user's function, whose panics are contained. The lock is released meanwhile, since user code may do anything, even
    /// call this breaker. `None` if the generation has ended by the time the lock is retaken: then nobody needs the answer.
    pub(super) fn ask<R>(self, question: impl FnOnce() -> R) -> Option<(Self, R)> {
        let Self { breaker, word, requested, locked } = self;
        drop(locked);
        let answer = question();
        let guard = Guard { requested, ..breaker.lock() };
        (guard.word == word).then_some((guard, answer))
    }

    #[inline]
    pub(super) fn memory(&mut self) -> &mut Memory {
        let breaker = self.breaker;
        self.locked.memory.get_or_insert_with(|| new_memory(breaker))
    }

    /// An admitted call begins to run at `start`.
    pub(super) fn begin_call(&mut self, start: u64) {
        let measures = if self.word.is_tracked() { self.memory().measures } else { Measures::NONE };
        self.running.begin(start, &measures);
    }

    /// Looks at the running calls at `now`. Returns whether they could make the rule hold: because there are at least as many as it
    /// asks for, or because some are slow.
    pub(super) fn look_at_running(&mut self, rule: &[Node], now: u64) -> bool {
        self.running.calls() >= Rule::least_in_flight(rule) || self.running.find_slow(now)
    }

    /// The figures that the rule is evaluated on.
    pub(super) fn judged(&mut self) -> Metrics {
        let running = self.running.calls();
        self.memory().metrics().while_running(running)
    }

    /// The same, as if these running calls had just succeeded.
    pub(super) fn judged_with(&mut self, slow: &[SlowCalls], in_trial: bool) -> Metrics {
        let running = self.running.calls();
        self.memory().metrics_with(slow, in_trial).while_running(running)
    }

    /// Keeps these running calls as evidence, since their outcomes will come too late to count.
    pub(super) fn keep_running(&mut self, slow: &[SlowCalls], in_trial: bool) {
        self.counts.slow += slow.iter().map(|slow| u64::from(slow.calls)).sum::<u64>();
        self.memory().keep(slow, in_trial);
    }

    /// Publishes whether calls are to use journals.
    #[inline]
    pub(super) fn enter_into_journals(&mut self, enter: bool) {
        let word = self.word.journaled(enter);
        if word.0 != self.word.0 {
            self.publish(word);
        }
    }

    /// Records the calls in journals, and closes the journals. Returns how many calls there were.
    #[inline]
    pub(super) fn close_journals(&mut self) -> u64 {
        if self.journals.are_any_open() { self.close_open_journals() } else { 0 }
    }

    #[inline(never)]
    fn close_open_journals(&mut self) -> u64 {
        let stripes = self.breaker.stripes();
        let Locked { journals, memory: Some(memory), counts, .. } = &mut *self.locked else { return 0 };
        let Closed { unused, tally, calls: latest } = journals.close(stripes);
        counts.failures += tally.failures;
        memory.reclaim(unused);
        memory.record_together(&tally, latest.map(|call| (call.failed, call.nanos)));
        tally.total
    }

    /// Records the calls that were counted without the lock. Counting goes on.
    #[inline]
    pub(super) fn collect(&mut self) {
        self.close_journals();
        let (grants, mut ledger) = self.locked.grants();
        grants.collect(self.breaker.stripes(), self.word, &mut ledger);
    }

    /// The same, and closes the logs: the next failure, on any thread, takes the lock.
    #[inline]
    pub(super) fn close_logs(&mut self) {
        let (grants, mut ledger) = self.locked.grants();
        grants.close_logs(self.breaker.stripes(), self.word, &mut ledger);
    }

    /// The same, and closes the stripes: the next call, on any thread, takes the lock.
    #[inline]
    pub(super) fn close_stripes(&mut self) {
        self.close_journals();
        let (grants, mut ledger) = self.locked.grants();
        grants.close(self.breaker.stripes(), self.word, &mut ledger);
    }

    /// Ends the generation: whatever comes next, on any thread, is late, or belongs to another one.
    pub(super) fn end_generation(&mut self) {
        // If the stripes are already closed, successes stored since then were not judged with what ends the generation, and are not
        // evidence for it.
        if self.grants.are_any_open() {
            self.close_stripes();
        }
        let (stripes, word) = (self.breaker.stripes(), self.word);
        self.grants.end(stripes, word);
    }

    /// How many outcomes came too late to count.
    pub(crate) fn late(&self) -> u64 {
        self.counts.late + self.grants.too_late(self.breaker.stripes(), self.word)
    }

    /// How many calls were refused since the current state began.
    pub(crate) fn rejected(&mut self) -> u64 {
        if !matches!(self.word.state(), State::Closed | State::MetricsOnly) {
            self.collect();
        }
        self.rejected
    }

    /// The figures of the recent calls, at `now`.
    pub(crate) fn metrics(&mut self, now: u64) -> Metrics {
        let state = self.word.state();
        let running = self.running.calls();
        let Some(memory) = &self.locked.memory else {
            return Metrics::new(Tally::EMPTY, 0, self.breaker.measures());
        };
        // While open, show the evidence: the window as it was when the breaker tripped.
        if state.records() {
            // What was counted belongs in the old buckets. And the stripes were opened on the strength of calls that are now
            // forgotten.
            if now >= memory.forgets_at() {
                self.close_stripes();
            } else {
                self.collect();
            }
            self.memory().advance(now);
        }
        self.memory().metrics().while_running(running)
    }
}

/// Out of line, since it happens once, and every recorded call asks for the memory.
#[cold]
#[inline(never)]
fn new_memory(breaker: &Breaker) -> Memory {
    let settings = breaker.settings();
    Memory::new(&settings.window, settings.rule.nodes())
}

impl Deref for Guard<'_> {
    type Target = Locked;

    fn deref(&self) -> &Locked {
        &self.locked
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Locked {
        &mut self.locked
    }
}
