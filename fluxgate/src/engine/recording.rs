//! What follows from an outcome: it enters the window, trial or ramp, and the rule is evaluated.

use fluxgate_rules::evaluate::{Customs, Situation, Verdict, best, holds, verdict};
use fluxgate_rules::metrics::nanos;
use fluxgate_rules::{Condition, Metrics, Node};

use super::breaker::{Breaker, NEVER};
use super::locked::{Change, Core};
use super::window::memory::Entry;
use super::word::Word;
use crate::callback::contain;
use crate::events::cause::Figures;
use crate::events::transition::{Reason, Transition};
use crate::permit;
use crate::state::{Outcome, State};
use crate::sync::Ordering;

/// What an outcome leads to.
enum Step {
    Stay,
    /// The rule holds, even with this many calls still to come, given these answers to its `custom` conditions.
    Trip(u64, Customs),
    /// The rule does not hold, and this decides something.
    Pass,
    /// The rule's `custom` conditions decide.
    Ask,
}

/// Whether the end time of a call admitted under `word` matters.
fn needs_time(word: Word) -> bool {
    word.is_dated() || word.state() == State::HalfOpen
}

impl Breaker {
    /// Records the outcome of a call that was admitted under `word`.
    #[inline(never)]
    pub(crate) fn record(&self, word: Word, start: u64, outcome: Outcome) {
        // Tested first, because this is the most common case here.
        if outcome == Outcome::Success && !word.is_dated() && self.unrecorded.take_undated(word) {
            return;
        }
        self.time(word, start, outcome);
    }

    /// Reads when the call ended and how long it took, if that matters.
    #[inline(never)]
    fn time(&self, word: Word, start: u64, outcome: Outcome) {
        let now = if needs_time(word) { self.now() } else { 0 };
        let nanos = if word.is_timed() { now.saturating_sub(start) } else { 0 };
        self.finish(word, outcome, nanos, now);
    }

    /// Enters an outcome, unless it may go unrecorded.
    #[inline(never)]
    fn finish(&self, word: Word, outcome: Outcome, nanos: u64, now: u64) {
        if outcome == Outcome::Success && self.measures.is_fast(nanos) {
            let healthy = self.healthy.load(Ordering::Acquire) == word.healthy().0;
            if healthy || self.unrecorded.take(word, now) {
                return;
            }
        }
        self.settle(word, outcome, nanos, now);
    }

    /// Enters an outcome where the current state keeps it, and acts on the verdict.
    ///
    /// Both happen under the same lock, so that no other outcome comes between. Only a user's function is called without it.
    #[inline(never)]
    fn settle(&self, word: Word, outcome: Outcome, nanos: u64, now: u64) {
        let counts = outcome != Outcome::Ignored;
        let mut core = self.core.lock();
        if self.state.load(Ordering::Relaxed) != word.0 || core.stay.tripped {
            core.late += u64::from(counts && word.state() != State::Disabled);
            return;
        }
        if word.state() == State::HalfOpen {
            core.stay.in_flight = core.stay.in_flight.saturating_sub(1);
            if now >= self.deadline.load(Ordering::Relaxed) {
                core.late += u64::from(counts);
                return self.open(core, word, Reason::HalfOpenTimeout, None, now);
            }
        }
        if !counts {
            return;
        }
        let entry = Entry::new(outcome == Outcome::Failure, nanos, &self.measures);
        let mut step = match word.state() {
            State::Closed | State::MetricsOnly => self.enter_window(&mut core, word, entry, now),
            State::HalfOpen if core.stay.passed => self.enter_ramp(&mut core, entry, now),
            State::HalfOpen => self.enter_trial(&mut core, entry),
            State::Open | State::Disabled | State::ForcedOpen => Step::Stay,
        };
        if let Step::Stay = step {
            return;
        }
        let metrics = core.memory(self).metrics(&self.measures);
        if let Step::Ask = step {
            drop(core);
            step = self.ask(word, &metrics);
            core = self.core.lock();
            if self.state.load(Ordering::Relaxed) != word.0 || core.stay.tripped {
                return;
            }
        }
        match step {
            Step::Stay | Step::Ask => {}
            Step::Pass => self.pass(&mut core, word, now),
            Step::Trip(more, customs) => {
                let half_open = word.state() == State::HalfOpen;
                let situation = Situation { half_open, metrics: &best(&metrics, more), customs };
                let figures = Figures::of(self.nodes(), &situation, &metrics);
                let Some(cause) = figures.cause(self.nodes()) else { return };
                let reason = Reason::Tripped(cause);
                if word.state() != State::MetricsOnly {
                    let now = if needs_time(word) { now } else { self.now() };
                    return self.open(core, word, reason, Some((figures, metrics)), now);
                }
                self.report(&mut core, reason, metrics);
            }
        }
        drop(core);
        self.deliver();
    }

    fn enter_window(&self, core: &mut Core, word: Word, entry: Entry, now: u64) -> Step {
        let crossed = core.stay.crossed;
        // A window that was kept from a ramp has only been judged as that of a half-open breaker.
        let judged = std::mem::replace(&mut core.stay.judged, true);
        let memory = core.memory(self);
        memory.collect(&self.unrecorded);
        // As time passes, the rule may have ceased to hold since the last outcome.
        let crossed = crossed && {
            memory.advance(now);
            !matches!(self.judge(&memory.metrics(&self.measures), false, 0), Step::Pass)
        };
        let worse = memory.record(entry, now, &self.measures);
        // In metrics-only, the breaker must also notice when the rule ceases to hold.
        let reports = word.state() == State::MetricsOnly;
        let step = if worse || reports || !judged {
            self.judge(&memory.metrics(&self.measures), false, 0)
        } else {
            Step::Pass
        };
        let stays = matches!(step, Step::Pass) && !crossed;

        let healthy = if memory.is_saturated(&self.measures) { word.healthy() } else { Word::NONE };
        self.healthy.store(healthy.0, Ordering::Release);
        if stays && healthy == Word::NONE {
            memory.release(&self.unrecorded, word, self.nodes(), &self.measures);
        }
        core.stay.crossed = crossed;
        if stays { Step::Stay } else { step }
    }

    /// After the trial has passed: the window decides, as it does for a closed breaker, until the ramp is complete.
    fn enter_ramp(&self, core: &mut Core, entry: Entry, now: u64) -> Step {
        let memory = core.memory(self);
        memory.record(entry, now, &self.measures);
        match self.judge(&memory.metrics(&self.measures), true, 0) {
            Step::Pass if !self.ramp_is_over(now) => Step::Stay,
            step => step,
        }
    }

    fn enter_trial(&self, core: &mut Core, entry: Entry) -> Step {
        let trial = core.stay.trial;
        let memory = core.memory(self);
        memory.record_trial(entry, &self.measures);
        let metrics = memory.metrics(&self.measures);
        let more = u64::from(trial).saturating_sub(metrics.total());
        match self.judge(&metrics, true, more) {
            Step::Ask if more > 0 => Step::Stay,
            step => step,
        }
    }

    /// The rule's verdict, with `more` calls still to come.
    fn judge(&self, metrics: &Metrics, half_open: bool, more: u64) -> Step {
        match verdict(self.nodes(), half_open, metrics, more) {
            Verdict::Trips => Step::Trip(more, Customs::NONE),
            Verdict::Passes => Step::Pass,
            Verdict::Unknown => Step::Ask,
        }
    }

    /// The verdict of a rule with its `custom` conditions, which are user code: called without the lock, panics contained.
    fn ask(&self, word: Word, metrics: &Metrics) -> Step {
        let mut customs = Customs::NONE;
        for (place, node) in self.nodes().iter().enumerate() {
            if let Node::Condition(Condition::Custom { predicate, .. }) = node {
                let answer = contain(|| predicate(metrics)).unwrap_or(false);
                customs.0 |= u64::from(answer) << place;
            }
        }
        let half_open = word.state() == State::HalfOpen;
        let situation = Situation { half_open, metrics, customs };
        if holds(self.nodes(), &situation) { Step::Trip(0, customs) } else { Step::Pass }
    }

    /// Reports that the breaker would have tripped, once each time the rule begins to hold.
    fn report(&self, core: &mut Core, reason: Reason, metrics: Metrics) {
        if !core.stay.crossed {
            core.stay.crossed = true;
            core.announce(Transition {
                breaker: self.name().clone(),
                from: State::MetricsOnly,
                to: State::MetricsOnly,
                reason,
                metrics,
                retry_after: None,
            });
        }
    }

    fn pass(&self, core: &mut Core, word: Word, now: u64) {
        core.stay.crossed = false;
        if word.state() != State::HalfOpen {
            return;
        }
        if self.ramp_is_over(now) {
            let reason = if core.stay.passed { Reason::RampEnded } else { Reason::TrialPassed };
            self.change(core, word, Change::to(State::Closed, reason, now));
        } else if !core.stay.passed {
            core.stay.passed = true;
            core.memory(self).clear();
            // If the ramp ends before the time limit, the breaker closes, however late the next call comes.
            if self.settings().half_open_timeout.is_some_and(|longest| self.ramp() <= nanos(longest)) {
                self.deadline.store(NEVER, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn ramp_is_over(&self, now: u64) -> bool {
        let since = self.since.load(Ordering::Relaxed);
        now.saturating_sub(since) >= self.ramp()
    }

    fn ramp(&self) -> u64 {
        permit::ramp(&self.settings().permit)
    }
}
