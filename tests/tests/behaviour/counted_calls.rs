//! Listeners that ask for them hear of resets, refusals, and the end of each call.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use fluxgate::{
    CircuitBreaker, EndedCall, Interests, Listener, Outcome, Reason, RefusedCall, State, Transition,
    circuit_breaker, permit, trip,
};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

type Heard = (Vec<Transition>, Vec<RefusedCall>, Vec<EndedCall>);

/// Records everything it hears.
#[derive(Clone)]
struct Writer {
    interests: Interests,
    heard: Arc<Mutex<Heard>>,
}

impl Writer {
    fn new(interests: Interests) -> Self {
        Self { interests, heard: Arc::default() }
    }

    fn look<R>(&self, look: impl FnOnce(&mut (Vec<Transition>, Vec<RefusedCall>, Vec<EndedCall>)) -> R) -> R {
        look(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn steps(&self) -> Vec<(State, State)> {
        self.look(|heard| heard.0.iter().map(|transition| (transition.from, transition.to)).collect())
    }

    fn refusals(&self) -> usize {
        self.look(|heard| heard.1.len())
    }

    /// Each call's outcome, whether it was late, and its duration.
    fn calls(&self) -> Vec<(Outcome, bool, Duration)> {
        self.look(|heard| heard.2.iter().map(|call| (call.outcome, call.late, call.duration)).collect())
    }
}

impl Listener for Writer {
    fn on_transition(&self, transition: &Transition) {
        self.look(|heard| heard.0.push(transition.clone()));
    }

    fn interests(&self) -> Interests {
        self.interests
    }

    fn on_refusal(&self, call: &RefusedCall) {
        self.look(|heard| heard.1.push(call.clone()));
    }

    fn on_call(&self, call: &EndedCall) {
        self.look(|heard| heard.2.push(call.clone()));
    }
}

fn watched(interests: Interests) -> (Fixture, Writer) {
    let writer = Writer::new(interests);
    (Fixture::new(|builder| builder.listener(writer.clone())), writer)
}

#[test]
fn only_what_was_asked_for_is_heard() {
    for interests in [Interests::transitions(), Interests::transitions().counted_calls()] {
        let (fixture, writer) = watched(interests);
        fixture.breaker.reset();
        fixture.trip();
        fixture.refusal();
        assert_eq!(writer.steps(), [(State::Closed, State::Open)]);
        assert_eq!((writer.refusals(), writer.calls().len()), (0, 0));
        assert_eq!(fixture.breaker.snapshot().totals.successes, None, "and nothing is counted for it");
    }
}

#[test]
fn a_reset_of_a_closed_breaker_is_heard_by_those_who_ask() {
    let (fixture, writer) = watched(Interests::transitions().resets());
    fixture.fail(1);
    fixture.breaker.reset();
    fixture.trip();
    fixture.breaker.reset();
    let closed = (State::Closed, State::Closed);
    assert_eq!(writer.steps(), [closed, (State::Closed, State::Open), (State::Open, State::Closed)]);
    assert_eq!(fixture.heard.steps(), writer.steps()[1..], "others do not");
    let reset = writer.look(|heard| heard.0[0].clone());
    assert_eq!((reset.reason, reset.metrics.failures(), reset.generation), (Reason::Reset, 1, 1));
    assert_eq!(reset.to_string(), "circuit breaker `fixture`: still closed (reset by command)");
}

#[test]
fn a_refusal_says_why() {
    let (fixture, writer) = watched(Interests::transitions().refusals());
    fixture.advance(seconds(5));
    fixture.trip();
    fixture.advance(seconds(18));
    fixture.refusal();
    fixture.breaker.force_open();
    fixture.refusal();
    let (open, forced) = writer.look(|heard| (heard.1[0].clone(), heard.1[1].clone()));
    assert_eq!((open.state, open.generation, open.at), (State::Open, 1, seconds(23)));
    assert_eq!(open.retry_after, Some(seconds(42)));
    assert_eq!(
        open.to_string(),
        "circuit breaker `fixture` refused a call: it is open, since 10 of the last 10 calls failed (100% >= 50%)"
    );
    assert_eq!((forced.state, forced.cause, forced.retry_after), (State::ForcedOpen, None, None));
    assert_eq!(fixture.breaker.snapshot().totals.successes, None, "calls are not counted for it");
}

#[test]
fn each_call_is_heard_with_its_outcome_and_duration() {
    let (fixture, writer) = watched(Interests::transitions().calls());
    fixture.succeed_in(millis(3), 12);
    fixture.call(Outcome::Ignored, millis(2)).expect("closed");
    fixture.call(Outcome::Failure, millis(5)).expect("closed");
    let asking = fixture.breaker.acquire().expect("closed");
    fixture.advance(millis(4));
    asking.failure_for(seconds(30));
    let given_up = fixture.breaker.acquire().expect("closed");
    fixture.advance(millis(7));
    drop(given_up);
    let late = fixture.breaker.acquire().expect("closed");
    fixture.breaker.record(Outcome::Success, millis(11));
    fixture.breaker.reset();
    fixture.advance(millis(9));
    late.failure();
    let calls = writer.calls();
    assert!(calls[..12].iter().all(|call| *call == (Outcome::Success, false, millis(3))), "{calls:?}");
    assert_eq!(
        calls[12..],
        [
            (Outcome::Ignored, false, millis(2)),
            (Outcome::Failure, false, millis(5)),
            (Outcome::Failure, false, millis(4)),
            (Outcome::Ignored, false, millis(7)),
            (Outcome::Success, false, millis(11)),
            (Outcome::Failure, true, millis(9)),
        ]
    );
    let last = writer.look(|heard| heard.2[17].clone());
    assert_eq!((last.state, last.generation, last.breaker.as_str()), (State::Closed, 0, "fixture"));
    assert_eq!(last.at, millis(36 + 2 + 5 + 4 + 7 + 9));
    assert_eq!(
        last.to_string(),
        "circuit breaker `fixture`: a call ended after 9ms: failure, too late to count"
    );
}

#[test]
fn a_call_is_heard_after_the_breaker_has_recorded_it() {
    #[derive(Clone, Default)]
    struct Asking(Arc<Mutex<Vec<State>>>, Arc<OnceLock<CircuitBreaker>>);

    impl Listener for Asking {
        fn on_transition(&self, _: &Transition) {}

        fn interests(&self) -> Interests {
            Interests::transitions().calls()
        }

        fn on_call(&self, _: &EndedCall) {
            let state = self.1.get().expect("it was set").state();
            self.0.lock().expect("not poisoned").push(state);
            panic!("contained");
        }
    }

    let asking = Asking::default();
    let breaker = CircuitBreaker::builder("asking")
        .trip(trip::failure_streak(2))
        .listener(asking.clone())
        .build()
        .expect("valid");
    asking.1.set(breaker.clone()).expect("set once");
    for _ in 0..2 {
        breaker.acquire().expect("closed").failure();
    }
    assert_eq!(asking.0.lock().expect("not poisoned")[..], [State::Closed, State::Open]);
}

#[test]
fn a_listener_may_be_added_later() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(20);
    let writer = Writer::new(Interests::all());
    fixture.breaker.listen(writer.clone());
    fixture.succeed_in(millis(1), 20);
    assert_eq!(writer.calls().len(), 20);
    assert_eq!(fixture.counts(), (10, 0));
    assert_eq!(fixture.breaker.snapshot().totals.successes, Some(20));
}

#[test]
fn a_call_within_a_call_of_a_trial_is_part_of_it() {
    let (fixture, writer) = watched(Interests::transitions().calls());
    fixture.before_trial();
    let before = writer.calls().len();
    let breaker = &fixture.breaker;
    breaker.call(|| breaker.call(|| Ok::<_, ()>(()))).expect("a trial");
    assert_eq!(writer.calls().len(), before + 1);
}

/// The call that ends a trial because it hung for too long is no part of it any more.
#[test]
fn an_outcome_that_comes_after_the_patience_of_its_trial_is_late() {
    for (outcome, is_late) in [(Outcome::Success, true), (Outcome::Failure, true), (Outcome::Ignored, false)]
    {
        let (fixture, writer) = watched(Interests::transitions().calls());
        fixture.before_trial();
        let hung = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(3_600));
        let before = writer.calls().len();
        hung.record(outcome);
        assert_eq!(fixture.state(), State::Open);
        let ended: Vec<_> =
            writer.calls().drain(before..).map(|(outcome, is_late, _)| (outcome, is_late)).collect();
        assert_eq!(ended, [(outcome, is_late)]);
        assert_eq!(fixture.breaker.snapshot().late, u64::from(is_late));
    }
}

#[test]
fn a_call_admitted_while_disabled_is_not_heard_wherever_it_ends() {
    let (fixture, writer) = watched(Interests::transitions().calls());
    let breaker = &fixture.breaker;
    breaker.disable();
    let held = breaker.acquire().expect("disabled");
    fixture.fail(1);
    breaker.reset();
    held.failure();
    assert_eq!(writer.calls().len(), 0);
    let held = breaker.acquire().expect("closed");
    breaker.disable();
    held.failure();
    assert!(writer.calls()[0].1, "it is late");
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.failures, totals.late), (0, 1));
}

#[derive(Debug)]
struct Refused;

impl From<fluxgate::CallNotPermitted> for Refused {
    fn from(_: fluxgate::CallNotPermitted) -> Self {
        Self
    }
}

#[circuit_breaker(name = "counted: annotated", trip = failure_streak(3), count_calls = true, handle = COUNTED)]
fn annotated(works: bool) -> Result<(), Refused> {
    if works { Ok(()) } else { Err(Refused) }
}

#[circuit_breaker(name = "counted: future", count_calls = true, handle = FUTURE)]
async fn future(works: bool) -> Result<(), Refused> {
    if works { Ok(()) } else { Err(Refused) }
}

#[tokio::test]
async fn the_attribute_counts_calls() {
    let _isolated = fluxgate::testing::isolate();
    for works in [true, true, false, true] {
        let _ = (annotated(works), future(works).await);
    }
    drop(future(true));
    for breaker in [&COUNTED, &FUTURE] {
        let totals = breaker.snapshot().totals;
        assert_eq!((totals.successes, totals.failures, totals.cancelled), (Some(3), 1, 0));
    }
}

/// Half-open breakers refuse calls, too, and those refusals are heard like any other.
#[test]
fn refusals_of_a_half_open_breaker_are_heard() {
    let writer = Writer::new(Interests::transitions().refusals());
    let fixture =
        Fixture::new(|builder| builder.max_half_open_calls(1).permit(permit::all()).listener(writer.clone()));
    fixture.before_trial();
    let _probe = fixture.breaker.acquire().expect("a trial");
    fixture.refusal();
    let refused = writer.look(|heard| heard.1[0].clone());
    assert_eq!((refused.state, refused.cause), (State::HalfOpen, None));
    assert!(refused.retry_after.is_some());
}
