//! Takes a breaker and its naive model through the same steps.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Outcome, Reason, Recovery, Snapshot, State, Transition};

use crate::fixture::Heard;
use crate::reference::{self, Change, Ending, Event, Life, Mark, Progress, Reference, Settings, Why};
use crate::time::Time;

/// One step.
#[derive(Clone, Debug)]
pub enum Step {
    Advance(Duration),
    /// Time passes until this long before something becomes due, if it does.
    Until(Mark, Duration),
    /// A call that is over before anything else happens.
    Call(Outcome, Duration),
    /// The same for a failure that asks for this pause.
    Ask(Duration),
    /// A call that a later `End` or `Cancel` ends, or the end of the sequence.
    Begin,
    /// One of the running calls ends.
    End(usize, Outcome),
    Cancel(usize),
    Panic,
    Reset,
    ForceOpen,
    Disable,
    MetricsOnly,
    Trip,
    OpenFor(Duration),
    /// From now on, calls are counted, which changes only how they are recorded.
    CountCalls,
    /// An outcome recorded without a call.
    Record(Outcome, Duration),
    /// One setting changes, if it fits the others.
    Reconfigure(Change),
    /// The metrics are read. Reading may evict, so it must not happen after every step, or eviction on writing
    /// would go untested.
    Read,
}

impl From<Reason> for Why {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Tripped(_) => Why::Tripped,
            Reason::RetryDue => Why::RetryDue,
            Reason::TrialPassed => Why::TrialPassed,
            Reason::RampEnded => Why::RampEnded,
            Reason::HalfOpenTimeout => Why::HalfOpenTimeout,
            Reason::Trip => Why::Trip,
            Reason::OpenFor => Why::OpenFor,
            Reason::Reset => Why::Reset,
            Reason::ForceOpen => Why::ForceOpen,
            Reason::Disable => Why::Disable,
            Reason::MetricsOnly => Why::MetricsOnly,
            reason => unreachable!("{reason} is new"),
        }
    }
}

impl From<&Transition> for Event {
    fn from(transition: &Transition) -> Self {
        Self {
            from: transition.from,
            to: transition.to,
            why: transition.reason.into(),
            retry_after: transition.retry_after,
            total: transition.metrics.total(),
            failures: transition.metrics.failures(),
        }
    }
}

/// Takes both through the steps, by a manual clock, and compares them after each. Returns what happened; panics where they disagree.
#[track_caller]
pub fn agree(settings: &Settings, steps: &[Step]) -> Vec<Event> {
    agree_by(&ManualClock::new(), settings, steps, &mut |_, _| ())
}

/// The same by any clock, with a look at both after each step.
#[track_caller]
pub fn agree_by(
    clock: &dyn Time,
    settings: &Settings,
    steps: &[Step],
    look: &mut dyn FnMut(&CircuitBreaker, &Reference),
) -> Vec<Event> {
    let heard = Heard::default();
    let built = clock.set(settings.builder()).listener(heard.listener()).build();
    let breaker = built.unwrap_or_else(|error| panic!("{settings:?} should be valid: {error}"));
    let model = Reference::new(settings.clone(), clock.now());
    let mut pair = Pair { clock, breaker: &breaker, heard, model, held: Vec::new() };
    let mut compared = 0;
    for (nth, step) in steps.iter().enumerate() {
        match step {
            Step::Read => pair.compare(nth),
            step => pair.take(step),
        }
        assert_eq!(breaker.state(), pair.model.state, "after step {nth}, {step:?}");
        let events: Vec<Event> = pair.heard.after(compared).iter().map(Event::from).collect();
        assert_eq!(events, pair.model.events[compared..], "after step {nth}, {step:?}");
        compared = pair.model.events.len();
        look(&breaker, &pair.model);
    }
    pair.compare(steps.len());
    pair.model.events
}

/// A breaker and its model.
struct Pair<'a> {
    clock: &'a dyn Time,
    breaker: &'a CircuitBreaker,
    heard: Heard,
    model: Reference,
    /// The calls that run.
    held: Vec<(fluxgate::Call<'a>, reference::Call)>,
}

impl<'a> Pair<'a> {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Advance(duration) => self.clock.advance(duration),
            Step::Until(mark, before) => {
                let due = self.model.due(mark).and_then(|due| due.checked_sub(before));
                let left = due.and_then(|due| due.checked_sub(self.clock.now()));
                self.clock.advance(left.unwrap_or_default());
            }
            Step::Call(outcome, took) => {
                if let Some((real, modelled)) = self.begin() {
                    self.clock.advance(took);
                    real.record(outcome);
                    self.finish(modelled, Ending::Reported(outcome));
                }
            }
            Step::Ask(pause) => {
                if let Some((real, modelled)) = self.begin() {
                    let known = self.model.events.len();
                    real.failure_for(pause);
                    self.finish(modelled, Ending::Asking(pause));
                    if let Some(drawn) = self.heard.after(known).last().and_then(|opened| opened.retry_after)
                    {
                        self.model.draw(pause, drawn);
                    }
                }
            }
            Step::Begin => {
                let begun = self.begin();
                self.held.extend(begun);
            }
            Step::End(..) | Step::Cancel(_) if self.held.is_empty() => {}
            Step::End(which, outcome) => {
                let (real, modelled) = self.held.remove(which % self.held.len());
                real.record(outcome);
                self.finish(modelled, Ending::Reported(outcome));
            }
            Step::Cancel(which) => {
                let (real, modelled) = self.held.remove(which % self.held.len());
                drop(real);
                self.finish(modelled, Ending::Cancelled);
            }
            Step::Panic => {
                if let Some((real, modelled)) = self.begin() {
                    let unwinding = AssertUnwindSafe(move || {
                        let _real = real;
                        resume_unwind(Box::new(()));
                    });
                    assert!(catch_unwind(unwinding).is_err());
                    self.model.panic(self.clock.now(), modelled);
                }
            }
            Step::Record(outcome, took) => {
                self.breaker.record(outcome, took);
                self.model.record(self.clock.now(), outcome, took);
            }
            ref command => self.command(command),
        }
    }

    /// A call asks to be admitted.
    fn begin(&mut self) -> Option<(fluxgate::Call<'a>, reference::Call)> {
        // Where chance decides, the model gets the same luck. A call about to be refused for bad luck may find that running calls open
        // the breaker, and be lucky in the trial that follows at once.
        let known = self.model.events.len();
        let real = self.breaker.acquire();
        let events: Vec<Event> = self.heard.after(known).iter().map(Event::from).collect();
        let found_open =
            events.windows(2).any(|two| (two[0].why, two[1].why) == (Why::Tripped, Why::RetryDue));
        let modelled = self.model.acquire(self.clock.now(), real.is_ok() && !found_open, real.is_ok());
        match (real, modelled) {
            (Ok(real), Ok(modelled)) => Some((real, modelled)),
            (Err(refusal), Err(expected)) => {
                assert_eq!(refusal.state(), expected.state);
                let said = refusal.retry_after();
                assert!(expected.retry_after.is(said), "refused for {said:?} instead of {expected:?}");
                None
            }
            (real, modelled) => panic!("admitted {real:?}, but should have {modelled:?}"),
        }
    }

    fn finish(&mut self, call: reference::Call, ending: Ending) {
        self.model.finish(self.clock.now(), call, ending);
    }

    fn command(&mut self, command: &Step) {
        let (breaker, now) = (self.breaker, self.clock.now());
        match command {
            Step::Reset => give(State::Closed, breaker, &mut self.model, now),
            Step::ForceOpen => give(State::ForcedOpen, breaker, &mut self.model, now),
            Step::Disable => give(State::Disabled, breaker, &mut self.model, now),
            Step::MetricsOnly => give(State::MetricsOnly, breaker, &mut self.model, now),
            Step::Trip => give(State::Open, breaker, &mut self.model, now),
            Step::OpenFor(pause) => {
                breaker.open_for(*pause);
                self.model.open_for(now, *pause);
            }
            Step::CountCalls => {
                breaker.count_calls();
                self.model.life.watched.get_or_insert_default();
            }
            Step::Reconfigure(change) => {
                if breaker.reconfigure(&change.build()).is_ok() {
                    self.model.change(now, change);
                }
            }
            step => unreachable!("{step:?} is no command"),
        }
    }

    #[track_caller]
    fn compare(&self, nth: usize) {
        let (model, now) = (&self.model, self.clock.now());
        let snapshot = self.breaker.snapshot();
        let expected = model.evidence(now);
        let metrics = snapshot.metrics;
        assert_eq!(snapshot.state, model.state, "after {nth} steps");
        assert_eq!(snapshot.since, now - model.since, "since, after {nth} steps");
        let reason = model.events.last().map(|event| event.why);
        let is_lost = model.may_lack_cause && reason == Some(Why::Tripped) && snapshot.reason.is_none();
        assert!(
            is_lost || snapshot.reason.map(Why::from) == reason,
            "{:?} after {nth} steps",
            snapshot.reason
        );
        assert_eq!(
            (metrics.total(), metrics.failures(), metrics.failure_streak() as usize),
            (expected.total(), expected.failures(), expected.streak),
            "total, failures and streak after {nth} steps"
        );
        for threshold in model.settings.rule.thresholds() {
            assert_eq!(metrics.slow(threshold), Some(expected.slow(threshold)), "slow after {nth} steps");
        }
        let average = model.settings.rule.averages().then(|| expected.average()).flatten();
        assert_eq!(metrics.avg_latency().map(|mean| mean.as_nanos()), average, "average after {nth} steps");
        if let Some(failing_for) = metrics.failing_for() {
            let expected = if expected.streak > 0 { expected.failing_for } else { Duration::ZERO };
            assert_eq!(failing_for, expected, "failing for, after {nth} steps");
        }
        let in_flight = model.is_tracking().then_some(expected.running);
        assert_eq!(metrics.in_flight(), in_flight, "in flight after {nth} steps");
        assert_eq!(snapshot.reopens, model.reopens(now), "reopens after {nth} steps");
        assert_eq!(snapshot.retry_after, model.retry_after(now), "retry_after after {nth} steps");
        assert_eq!(snapshot.is_due, model.is_due(now), "is_due after {nth} steps");
        assert_eq!(snapshot.rejected, model.rejected, "rejected after {nth} steps");
        assert_eq!(snapshot.late, model.life.late, "late after {nth} steps");
        assert_eq!(life(&snapshot), model.life_until(now), "its life after {nth} steps");
        assert_eq!(snapshot.trial as usize, model.trial.length, "the length of a trial");
        let conditions = snapshot.conditions.iter().map(|status| (status.condition.clone(), status.holds));
        assert_eq!(conditions.collect::<BTreeSet<_>>(), model.conditions(now), "after {nth} steps");
        match (snapshot.recovery.map(progress), model.progress(now)) {
            (None, None) => {}
            (Some(real), Some(expected)) if real.is(&expected) => {}
            (real, expected) => panic!("recovery after {nth} steps: {real:?} instead of {expected:?}"),
        }
    }
}

/// Gives a breaker and its model the command that leads to this state.
pub fn give(command: State, breaker: &CircuitBreaker, model: &mut Reference, now: Duration) {
    match command {
        State::Open => {
            breaker.trip();
            return model.trip(now);
        }
        State::ForcedOpen => breaker.force_open(),
        State::Disabled => breaker.disable(),
        State::MetricsOnly => breaker.metrics_only(),
        _ => breaker.reset(),
    }
    model.command(now, command);
}

fn progress(recovery: Recovery) -> Progress {
    match recovery {
        Recovery::Trial { outcomes, good, needed, in_flight, longest, .. } => Progress::Trial {
            outcomes: outcomes as usize,
            good: good as usize,
            needed: needed as usize,
            in_flight: in_flight as usize,
            longest: longest as usize,
        },
        Recovery::Ramp { admits, ends_in, .. } => Progress::Ramp { admits, ends_in },
        recovery => unreachable!("{recovery:?} is new"),
    }
}

fn life(snapshot: &Snapshot) -> Life {
    let totals = snapshot.totals;
    let spent = snapshot.spent.iter().filter(|(_, spent)| !spent.is_zero());
    Life {
        watched: totals.successes.zip(totals.ignored),
        failures: totals.failures,
        slow: totals.slow,
        refused: totals.refused,
        late: totals.late,
        cancelled: totals.cancelled,
        panicked: totals.panicked,
        spent: spent.map(|(state, spent)| (state.as_str(), spent)).collect(),
    }
}
