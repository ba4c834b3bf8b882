//! Takes a breaker and its naive model through the same steps.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{Outcome, Reason, State, Transition};

use crate::fixture::Heard;
use crate::reference::{self, Ending, Event, Mark, Reference, Settings, Why};
use crate::time::Time;

/// One step.
#[derive(Clone, Debug)]
pub enum Step {
    Advance(Duration),
    /// Time passes until this long before something becomes due, if it does.
    Until(Mark, Duration),
    /// A call that is over before anything else happens.
    Call(Outcome, Duration),
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
    agree_by(&ManualClock::new(), settings, steps)
}

/// The same by any clock.
#[track_caller]
pub fn agree_by(clock: &dyn Time, settings: &Settings, steps: &[Step]) -> Vec<Event> {
    let heard = Heard::default();
    let built = clock.set(settings.builder()).listener(heard.listener()).build();
    let breaker = built.unwrap_or_else(|error| panic!("{settings:?} should be valid: {error}"));
    let mut model = Reference::new(settings.clone(), clock.now());
    let mut held: Vec<(fluxgate::Call<'_>, reference::Call)> = Vec::new();
    let begin = |model: &mut Reference| {
        // Where chance decides, the model gets the same luck. A call about to be refused for bad luck may find that running calls open
        // the breaker, and be lucky in the trial that follows at once.
        let known = model.events.len();
        let real = breaker.acquire();
        let events: Vec<Event> = heard.after(known).iter().map(Event::from).collect();
        let found_open =
            events.windows(2).any(|two| (two[0].why, two[1].why) == (Why::Tripped, Why::RetryDue));
        let modelled = model.acquire(clock.now(), real.is_ok() && !found_open, real.is_ok());
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
    };

    let mut compared = 0;
    for (nth, step) in steps.iter().enumerate() {
        match *step {
            Step::Advance(duration) => clock.advance(duration),
            Step::Until(mark, before) => {
                let due = model.due(mark).and_then(|due| due.checked_sub(before));
                let left = due.and_then(|due| due.checked_sub(clock.now()));
                clock.advance(left.unwrap_or_default());
            }
            Step::Call(outcome, took) => {
                if let Some((real, modelled)) = begin(&mut model) {
                    clock.advance(took);
                    real.record(outcome);
                    model.finish(clock.now(), modelled, Ending::Reported(outcome));
                }
            }
            Step::Begin => held.extend(begin(&mut model)),
            Step::End(..) | Step::Cancel(_) if held.is_empty() => {}
            Step::End(which, outcome) => {
                let (real, modelled) = held.remove(which % held.len());
                real.record(outcome);
                model.finish(clock.now(), modelled, Ending::Reported(outcome));
            }
            Step::Cancel(which) => {
                let (real, modelled) = held.remove(which % held.len());
                drop(real);
                model.finish(clock.now(), modelled, Ending::Cancelled);
            }
            Step::Panic => {
                if let Some((real, modelled)) = begin(&mut model) {
                    let unwinding = AssertUnwindSafe(move || {
                        let _real = real;
                        resume_unwind(Box::new(()));
                    });
                    assert!(catch_unwind(unwinding).is_err());
                    model.finish(clock.now(), modelled, Ending::Reported(settings.on_panic));
                }
            }
            Step::Reset => {
                breaker.reset();
                model.command(clock.now(), State::Closed);
            }
            Step::ForceOpen => {
                breaker.force_open();
                model.command(clock.now(), State::ForcedOpen);
            }
            Step::Disable => {
                breaker.disable();
                model.command(clock.now(), State::Disabled);
            }
            Step::MetricsOnly => {
                breaker.metrics_only();
                model.command(clock.now(), State::MetricsOnly);
            }
            Step::Trip => {
                breaker.trip();
                model.trip(clock.now());
            }
            Step::OpenFor(pause) => {
                breaker.open_for(pause);
                model.open_for(clock.now(), pause);
            }
            Step::CountCalls => breaker.count_calls(),
            Step::Record(outcome, took) => {
                breaker.record(outcome, took);
                model.record(clock.now(), outcome, took);
            }
            Step::Read => compare(&breaker, &model, settings, clock.now(), nth),
        }
        assert_eq!(breaker.state(), model.state, "after step {nth}, {step:?}");
        let events: Vec<Event> = heard.after(compared).iter().map(Event::from).collect();
        assert_eq!(events, model.events[compared..], "after step {nth}, {step:?}");
        compared = model.events.len();
    }
    compare(&breaker, &model, settings, clock.now(), steps.len());
    model.events
}

#[track_caller]
fn compare(
    breaker: &fluxgate::CircuitBreaker,
    model: &Reference,
    settings: &Settings,
    now: Duration,
    nth: usize,
) {
    let snapshot = breaker.snapshot();
    let expected = model.evidence(now);
    let metrics = snapshot.metrics;
    assert_eq!(snapshot.state, model.state, "after {nth} steps");
    assert_eq!(snapshot.since, now - model.since, "since, after {nth} steps");
    let reason = model.events.last().map(|event| event.why);
    assert_eq!(snapshot.reason.map(Why::from), reason, "reason after {nth} steps");
    assert_eq!(
        (metrics.total(), metrics.failures(), metrics.failure_streak() as usize),
        (expected.total(), expected.failures(), expected.streak),
        "total, failures and streak after {nth} steps"
    );
    for threshold in settings.rule.thresholds() {
        assert_eq!(metrics.slow(threshold), Some(expected.slow(threshold)), "slow after {nth} steps");
    }
    let average = settings.rule.averages().then(|| expected.average()).flatten();
    assert_eq!(metrics.avg_latency().map(|mean| mean.as_nanos()), average, "average after {nth} steps");
    let in_flight = model.is_tracking().then_some(expected.running);
    assert_eq!(metrics.in_flight(), in_flight, "in flight after {nth} steps");
    assert_eq!(snapshot.reopens, model.reopens(now), "reopens after {nth} steps");
    assert_eq!(snapshot.retry_after, model.retry_after(now), "retry_after after {nth} steps");
    assert_eq!(snapshot.is_due, model.is_due(now), "is_due after {nth} steps");
    assert_eq!(snapshot.rejected, model.rejected, "rejected after {nth} steps");
    assert_eq!(snapshot.late, model.late, "late after {nth} steps");
    assert_eq!(snapshot.trial as usize, model.trial.length, "the length of a trial");
}
