//! The part of a breaker that is kept under its lock, and its changes of state.

use std::time::Duration;

use fluxgate_rules::metrics::nanos;
use fluxgate_rules::{Metrics, Schedule, Tally};

use super::breaker::{Breaker, NEVER};
use super::window::memory::Memory;
use super::word::Word;
use crate::events::cause::Figures;
use crate::events::listener::{self, Events};
use crate::events::transition::{Reason, Transition};
use crate::state::State;
use crate::sync::{Arc, MutexGuard, Ordering, fence};
use crate::{clock, retry};

/// The part of a breaker that is kept under its lock.
pub(crate) struct Core {
    /// Made on first use.
    pub(crate) memory: Option<Box<Memory>>,
    pub(crate) events: Option<Box<Events>>,
    /// How often the breaker had re-opened without a lasting recovery, as of its last opening.
    reopens: u32,
    pub(crate) stay: Stay,
    /// Outcomes that came too late to count.
    pub(crate) late: u64,
    /// How long the breaker was last open.
    open_for: u64,
    /// When it last closed.
    closed_at: u64,
}

/// The progress of the current stay in a state.
#[expect(clippy::struct_excessive_bools, reason = "each belongs to another state, and is asked alone")]
pub(crate) struct Stay {
    /// Half-open: the length of the trial.
    pub(crate) trial: u32,
    /// Half-open: the calls in progress.
    pub(crate) in_flight: u32,
    /// Half-open: the trial has passed, and the ramp goes on.
    pub(crate) passed: bool,
    /// Metrics only: the rule holds, and this has been reported.
    pub(crate) crossed: bool,
    /// The rule has been evaluated.
    pub(crate) judged: bool,
    /// The stay is as good as over: the breaker opens as soon as a user's function has returned. No further outcome counts.
    pub(crate) tripped: bool,
}

impl Stay {
    const BEGUN: Self =
        Self { trial: 0, in_flight: 0, passed: false, crossed: false, judged: false, tripped: false };
}

impl Core {
    pub(crate) const fn new() -> Self {
        Self { memory: None, events: None, reopens: 0, stay: Stay::BEGUN, late: 0, open_for: 0, closed_at: 0 }
    }

    pub(crate) fn memory(&mut self, breaker: &Breaker) -> &mut Memory {
        self.memory
            .get_or_insert_with(|| Box::new(Memory::new(&breaker.settings().window, &breaker.measures)))
    }

    /// The figures at `now`, for a reader.
    pub(crate) fn metrics(&mut self, breaker: &Breaker, word: Word, now: u64) -> Metrics {
        let Some(memory) = &mut self.memory else {
            return Metrics::new(Tally::EMPTY, 0, breaker.measures);
        };
        // While open, the evidence is shown: the window as it was when the breaker tripped.
        if matches!(word.state(), State::Closed | State::MetricsOnly | State::HalfOpen) {
            memory.collect(&breaker.unrecorded);
            memory.advance(now);
        }
        memory.metrics(&breaker.measures)
    }

    /// The number of re-openings if the breaker opened at `now`. If it has been closed for less time than it was last open, the
    /// count goes on.
    fn next_reopens(&self, from: State, now: u64) -> u32 {
        if from != State::HalfOpen && self.is_forgiven(now) { 0 } else { self.reopens.saturating_add(1) }
    }

    /// How often the breaker, which is in `state`, has re-opened without a lasting recovery.
    pub(crate) fn reopens(&self, state: State, now: u64) -> u32 {
        if state == State::Closed && self.is_forgiven(now) { 0 } else { self.reopens }
    }

    /// Whether a breaker that is closed has, at `now`, been so for as long as it was last open.
    fn is_forgiven(&self, now: u64) -> bool {
        now.saturating_sub(self.closed_at) >= self.open_for
    }

    /// Queues a transition, if anyone listens.
    pub(crate) fn announce(&mut self, transition: Transition) {
        if self.events.is_some() || listener::is_heard() {
            self.events.get_or_insert_default().push(transition);
        }
    }
}

impl Breaker {
    /// The figures of the recent calls.
    pub(crate) fn metrics(&self) -> Metrics {
        let now = self.now();
        let mut core = self.core.lock();
        let word = Word(self.state.load(Ordering::Relaxed));
        core.metrics(self, word, now)
    }

    /// Opens the breaker, whose word is `word`. Takes over the lock.
    pub(crate) fn open<'a>(
        &'a self,
        mut core: MutexGuard<'a, Core>,
        word: Word,
        reason: Reason,
        figures: Option<(Figures, Metrics)>,
        now: u64,
    ) {
        let retry = &self.settings().retry;
        let reopens = core.next_reopens(word.state(), now);
        let delay = if let Schedule::Custom { .. } = retry.schedule {
            // The user's function is called without the lock. Until it returns, the state is as good as over.
            core.stay.tripped = true;
            drop(core);
            let delay = retry::draw(retry, reopens);
            core = self.core.lock();
            if self.state.load(Ordering::Relaxed) != word.0 {
                return;
            }
            delay
        } else {
            retry::draw(retry, reopens)
        };
        core.reopens = reopens;
        self.change(&mut core, word, Change { delay, figures, ..Change::to(State::Open, reason, now) });
        drop(core);
        if self.clock.is_none() {
            clock::calibrate();
        }
        self.deliver();
    }

    /// Changes to another state, if the breaker still has this word.
    pub(crate) fn change_if(&self, word: Word, change: Change) {
        {
            let mut core = self.core.lock();
            if self.state.load(Ordering::Relaxed) != word.0 {
                return;
            }
            self.change(&mut core, word, change);
        }
        self.deliver();
    }

    /// Carries out a command.
    pub(crate) fn command(&self, to: State, reason: Reason) {
        let breaker = self.resolve().used();
        let now = breaker.now();
        {
            let mut core = breaker.core.lock();
            let word = Word(breaker.state.load(Ordering::Relaxed));
            let resets = matches!(reason, Reason::Reset);
            if word.state() == to && !resets {
                return;
            }
            // From closed to closed is no transition, but does begin a new generation with an empty window.
            let told = word.state() != to;
            breaker.change(&mut core, word, Change { told, ..Change::to(to, reason, now) });
            if resets {
                core.reopens = 0;
                core.open_for = 0;
            }
        }
        breaker.deliver();
    }

    /// Begins another generation. Called under the lock; `word` is the current one.
    ///
    /// Readers without the lock read the state, then `since`, `deadline` and `cause`, then the state again, and trust what they
    /// read if the state was the same both times. So the state is marked as changing before any of these is written.
    pub(crate) fn change(&self, core: &mut Core, word: Word, change: Change) {
        let Change { to, reason, told, now, delay, figures } = change;
        let from = word.state();
        let next = word.next(to);
        self.state.store(word.changing().0, Ordering::Relaxed);
        fence(Ordering::Release);
        self.healthy.store(Word::NONE.0, Ordering::Relaxed);

        let (figures, metrics) = match figures {
            Some((figures, metrics)) => (Some(figures), metrics),
            None => (None, core.metrics(self, word, now)),
        };
        if let Some(memory) = &mut core.memory {
            memory.collect(&self.unrecorded);
        }
        let keeps_window = match to {
            State::Closed => matches!(reason, Reason::RampEnded),
            State::HalfOpen | State::MetricsOnly => false,
            _ => true,
        };
        if let Some(memory) = &mut core.memory
            && !keeps_window
        {
            memory.clear();
        }
        if from == State::Open {
            core.open_for = now.saturating_sub(self.since.load(Ordering::Relaxed));
        }
        if to == State::Closed {
            core.closed_at = now;
        }
        let trial = if to == State::HalfOpen { self.trial() } else { 0 };
        core.stay = Stay { trial, ..Stay::BEGUN };

        let deadline = delay.map_or(NEVER, |delay| now.saturating_add(delay).min(NEVER - 1));
        let figures = figures.unwrap_or(Figures { node: NEVER, part: 0, whole: 0 });
        if from != to {
            self.since.store(now, Ordering::Relaxed);
            self.rejected.store(0, Ordering::Relaxed);
        }
        self.deadline.store(deadline, Ordering::Relaxed);
        for (cause, figure) in self.cause.iter().zip([figures.node, figures.part, figures.whole]) {
            cause.store(figure, Ordering::Relaxed);
        }
        self.state.store(next.0, Ordering::Release);

        if told {
            let retry_after = match to {
                State::Open => delay.map(Duration::from_nanos),
                _ => None,
            };
            core.announce(Transition {
                breaker: self.name().clone(),
                from,
                to,
                reason,
                metrics,
                retry_after,
            });
        }
    }

    /// Delivers the queue to the listeners, unless another thread is delivering: that thread then delivers this, too.
    pub(crate) fn deliver(&self) {
        if !self.core.lock().events.as_mut().is_some_and(|events| events.begin()) {
            return;
        }
        loop {
            // Not in the head of the loop: the lock would be held throughout the body.
            let next = self.core.lock().events.as_mut().and_then(|events| events.next());
            let Some((transition, listeners)) = next else { return };
            listener::tell(&transition, &listeners);
        }
    }

    pub(crate) fn listen(&self, listener: Arc<dyn listener::Listener>) {
        self.core.lock().events.get_or_insert_default().listen(listener);
    }
}

/// A change of state.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    to: State,
    reason: Reason,
    /// Whether listeners are told: not if it is no transition.
    told: bool,
    now: u64,
    /// How long the state lasts, if that is known.
    delay: Option<u64>,
    /// The figures with which the rule held, if it did.
    figures: Option<(Figures, Metrics)>,
}

impl Change {
    pub(crate) fn to(to: State, reason: Reason, now: u64) -> Self {
        Self { to, reason, told: true, now, delay: None, figures: None }
    }

    /// The change to half-open, for as long as the settings allow.
    pub(crate) fn to_half_open(breaker: &Breaker, now: u64) -> Self {
        let delay = breaker.settings().half_open_timeout.map(nanos);
        Self { delay, ..Self::to(State::HalfOpen, Reason::RetryDue, now) }
    }
}
