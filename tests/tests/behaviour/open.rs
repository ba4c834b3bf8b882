//! An open breaker refuses until a deadline that is drawn once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use fluxgate::{Reason, State, retry, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

#[test]
fn calls_are_refused_with_the_time_left() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(30))));
    fixture.trip();
    assert_eq!(fixture.refusal().retry_after(), Some(seconds(30)));
    fixture.advance(millis(29_999));
    assert_eq!(fixture.refusal().retry_after(), Some(millis(1)));
    assert_eq!(fixture.refusal().state(), State::Open);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn the_body_of_a_refused_call_does_not_run() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    let result = fixture.breaker.call(|| -> Result<(), ()> { panic!("ran") });
    assert!(matches!(result, Err(fluxgate::Error::NotPermitted(_))));
}

#[test]
fn the_first_call_at_the_deadline_is_let_through() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(30))));
    fixture.trip();
    fixture.advance(seconds(30));
    assert_eq!(fixture.state(), State::Open, "only a call moves it");
    let call = fixture.breaker.acquire().expect("the retry is due");
    assert_eq!(fixture.state(), State::HalfOpen);
    assert!(matches!(fixture.heard.last().reason, Reason::RetryDue));
    call.success();
    assert_eq!(fixture.counts(), (1, 0), "it is a probe itself");
}

/// Regression: elsewhere reading the state changes it.
#[test]
fn reading_does_not_change_the_state() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    fixture.advance(seconds(3_600));
    for _ in 0..3 {
        assert_eq!(fixture.state(), State::Open);
        assert_eq!(fixture.breaker.snapshot().retry_after, Some(Duration::ZERO));
        assert_eq!(fixture.counts(), (10, 10));
    }
    assert_eq!(fixture.heard.steps(), [(State::Closed, State::Open)]);
}

/// Regression: if jitter is redrawn on every refused call, the shortest draw wins.
#[test]
fn jitter_is_drawn_once() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(100)).jitter(0.5)));
    fixture.trip();
    let drawn = fixture.heard.last().retry_after.expect("a cooldown ends");
    assert!(seconds(50) <= drawn && drawn <= seconds(150), "{drawn:?}");
    for passed in 1..=40 {
        fixture.advance(seconds(1));
        assert_eq!(fixture.refusal().retry_after(), Some(drawn - seconds(passed)));
    }
    fixture.advance(drawn - seconds(40) - Duration::from_nanos(1));
    assert_eq!(fixture.refusal().retry_after(), Some(Duration::from_nanos(1)));
    fixture.advance(Duration::from_nanos(1));
    assert!(fixture.breaker.acquire().is_ok());
}

#[test]
fn jitter_differs_from_opening_to_opening() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(100)).jitter(0.5)));
    let mut drawn = std::collections::HashSet::new();
    for _ in 0..50 {
        fixture.trip();
        drawn.insert(fixture.heard.last().retry_after.expect("a cooldown ends"));
        fixture.breaker.reset();
    }
    assert!(drawn.len() > 40, "{} different delays of 50", drawn.len());
    assert!(drawn.iter().all(|delay| (seconds(50)..=seconds(150)).contains(delay)));
    assert!(
        drawn.iter().any(|delay| *delay < seconds(90)) && drawn.iter().any(|delay| *delay > seconds(110))
    );
}

/// Regression: a cap applied before the jitter is no cap.
#[test]
fn the_cap_comes_after_the_jitter() {
    let rule = retry::backoff(seconds(100)).multiplier(10.0).max(seconds(100)).jitter(0.9);
    let fixture = Fixture::new(|builder| builder.retry(rule));
    let (mut capped, mut shorter) = (0, 0);
    for _ in 0..200 {
        fixture.trip();
        let drawn = fixture.heard.last().retry_after.expect("a backoff ends");
        assert!(drawn <= seconds(100), "{drawn:?}");
        if drawn == seconds(100) {
            capped += 1;
        } else {
            shorter += 1;
        }
        fixture.breaker.reset();
    }
    assert!(capped > 50 && shorter > 50, "{capped} capped, {shorter} shorter");
}

#[test]
fn always_lets_the_next_call_through() {
    let fixture = Fixture::new(|builder| builder.retry(retry::always()));
    fixture.trip();
    assert_eq!(fixture.state(), State::Open);
    assert!(fixture.breaker.acquire().is_ok());
    assert_eq!(fixture.state(), State::HalfOpen);
}

#[test]
fn never_waits_for_a_command() {
    let fixture = Fixture::new(|builder| builder.retry(retry::never()));
    fixture.trip();
    assert_eq!(fixture.heard.last().retry_after, None);
    fixture.advance(seconds(1_000_000_000));
    assert_eq!(fixture.refusal().retry_after(), None);
    fixture.breaker.reset();
    fixture.succeed(1);
}

#[test]
fn a_custom_retry_is_called_once_per_opening() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    fn delay(reopens: u32) -> Duration {
        ASKED.fetch_add(1, Ordering::Relaxed);
        seconds(u64::from(reopens) + 7)
    }
    let fixture = Fixture::new(|builder| builder.retry(retry::custom(delay)));
    fixture.trip();
    for _ in 0..10 {
        assert_eq!(fixture.refusal().retry_after(), Some(seconds(7)));
    }
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    fixture.wait();
    fixture.fail(5);
    assert_eq!(fixture.refusal().retry_after(), Some(seconds(8)));
}

/// Regression: elsewhere a failure that arrives while open extends the wait.
#[test]
fn a_late_failure_does_not_extend_the_wait() {
    let fixture = Fixture::with_rule(trip::failure_streak(1));
    let straggler = fixture.breaker.acquire().expect("closed");
    fixture.fail(1);
    fixture.advance(seconds(59));
    straggler.failure();
    assert_eq!(fixture.refusal().retry_after(), Some(seconds(1)));
    assert_eq!(fixture.heard.steps(), [(State::Closed, State::Open)]);
}

/// While open, `metrics()` shows the window as it was when it tripped: the evidence.
#[test]
fn shows_the_evidence() {
    let fixture = Fixture::new(|builder| builder.window(fluxgate::window::time(seconds(10))));
    fixture.succeed(4);
    fixture.fail(6);
    fixture.advance(seconds(45));
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.total(), metrics.failures(), metrics.failure_streak()), (10, 6, 6));
}

/// Each opening asks for its pause on its own thread, and the answer for an earlier opening says nothing about a later one.
#[test]
fn an_answer_that_comes_late_is_not_taken_for_that_of_another_opening() {
    /// For each question in turn: that it was asked, and that it may be answered.
    static STEPS: [[Barrier; 2]; 2] = [const { [const { Barrier::new(2) }; 2] }; 2];
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    fn delay(_reopens: u32) -> Duration {
        let nth = ASKED.fetch_add(1, Ordering::Relaxed);
        for step in &STEPS[nth] {
            step.wait();
        }
        seconds(10 + nth as u64)
    }
    let fixture = Fixture::new(|builder| builder.retry(retry::custom(delay)));
    thread::scope(|scope| {
        let trip = || fixture.breaker.trip();
        let first = scope.spawn(trip);
        STEPS[0][0].wait();
        fixture.breaker.reset();
        let second = scope.spawn(trip);
        STEPS[1][0].wait();
        STEPS[0][1].wait();
        first.join().expect("it does not panic");
        let meanwhile = fixture.refusal().retry_after();
        STEPS[1][1].wait();
        second.join().expect("it does not panic");
        assert_eq!(meanwhile, None, "the second was still asked");
    });
    assert_eq!(fixture.refusal().retry_after(), Some(seconds(11)));
    let heard = fixture.heard.all();
    let pauses: Vec<_> = heard.iter().map(|transition| (transition.to, transition.retry_after)).collect();
    assert_eq!(
        pauses,
        [(State::Open, Some(seconds(10))), (State::Closed, None), (State::Open, Some(seconds(11)))]
    );
}
