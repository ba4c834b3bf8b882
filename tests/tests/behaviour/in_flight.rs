//! `in_flight(n)`: n calls run at once. A rule with it also counts running calls that are already slow.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Barrier;

#[cfg(feature = "chaos")]
use fluxgate::Fault;
use fluxgate::testing::isolate;
use fluxgate::{Call, Changes, CircuitBreaker, Outcome, Recovery, State, breaker, permit, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds, together};
use fluxgate_tests::futures::poll;

fn or_in_flight(calls: u32) -> trip::Rule {
    trip::min(10) & trip::failure_rate(0.5) | trip::in_flight(calls)
}

/// Half of at least ten calls took 2 s, or fifty run at once.
fn or_slow() -> trip::Rule {
    trip::min(10) & trip::slow_rate(0.5, seconds(2)) | trip::in_flight(50)
}

/// When a call is known to have run for 2 s.
const KNOWN: std::time::Duration = millis(2_125);

fn hold(fixture: &Fixture, calls: usize) -> Vec<Call<'_>> {
    (0..calls).map(|_| fixture.breaker.acquire().expect("the call should be admitted")).collect()
}

fn in_flight(fixture: &Fixture) -> Option<u64> {
    fixture.breaker.metrics().in_flight()
}

#[test]
fn the_call_that_reaches_the_limit_opens_the_breaker_and_still_runs() {
    let fixture = Fixture::with_rule(or_in_flight(3));
    let held = hold(&fixture, 2);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(2)));
    let last = fixture.breaker.acquire().expect("it still runs");
    assert_eq!((fixture.state(), last.state()), (State::Open, State::Closed));
    assert!(fixture.refusal().to_string().contains("3 calls are running at once (3 >= 3)"));
    let heard = fixture.heard.last();
    assert_eq!((heard.metrics.in_flight(), heard.metrics.total()), (Some(3), 0));
    // They remain the evidence; their outcomes come too late.
    held.into_iter().chain([last]).for_each(Call::failure);
    assert_eq!((in_flight(&fixture), fixture.counts()), (Some(3), (0, 0)));
    assert_eq!((fixture.breaker.snapshot().late, fixture.heard.all().len()), (3, 1));
}

#[test]
fn calls_that_end_make_room() {
    let fixture = Fixture::with_rule(or_in_flight(3));
    let _held = hold(&fixture, 1);
    fixture.succeed(100);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(1)));
}

#[test]
fn a_call_no_longer_runs_however_it_ends() {
    let fixture = Fixture::with_rule(or_in_flight(2));
    let breaker = &fixture.breaker;
    let one = || breaker.acquire().expect("no other runs");
    one().success();
    one().failure();
    one().ignore();
    one().failure_for(seconds(9));
    drop(one());
    let panics = AssertUnwindSafe(|| {
        let _one = one();
        resume_unwind(Box::new(()));
    });
    assert!(catch_unwind(panics).is_err());
    breaker.acquire_owned().expect("no other runs").success();
    drop(breaker.acquire_owned().expect("no other runs"));
    breaker.call(|| Ok::<_, ()>(())).expect("no other runs");
    breaker.call(|| Err::<(), _>("down")).expect_err("it fails");
    {
        let mut future = pin!(breaker.call_async(pending::<Result<(), ()>>()));
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(in_flight(&fixture), Some(1), "while the future is not dropped");
    }
    assert_eq!((in_flight(&fixture), fixture.state()), (Some(0), State::Closed));
    assert_eq!(fixture.counts(), (7, 4));
}

#[test]
fn a_cancelled_call_no_longer_runs_whether_or_not_it_counts() {
    let on_cancel = |outcome| Fixture::new(|builder| builder.trip(or_in_flight(2)).on_cancel(outcome));
    for outcome in [Outcome::Failure, Outcome::Ignored] {
        let fixture = on_cancel(outcome);
        (0..3).for_each(|_| drop(fixture.breaker.acquire().expect("no other runs")));
        assert_eq!(in_flight(&fixture), Some(0));
    }
}

#[test]
fn an_outcome_without_a_call_is_not_in_flight() {
    let fixture = Fixture::with_rule(or_in_flight(2));
    let _one = hold(&fixture, 1);
    (0..9).for_each(|_| fixture.breaker.record(Outcome::Success, seconds(1)));
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(1)));
}

#[test]
fn a_nested_call_runs_as_one_with_its_outer_call_but_has_its_own_outcome() {
    let fixture = Fixture::with_rule(or_in_flight(2));
    let breaker = &fixture.breaker;
    let whole = breaker.call(|| {
        let parts = (0..5).map(|part| breaker.call(|| if part == 0 { Err("down") } else { Ok(()) }));
        let failed = parts.filter(Result::is_err).count();
        assert_eq!(in_flight(&fixture), Some(1));
        breaker.acquire().expect("within").ignore();
        drop(breaker.acquire().expect("within"));
        Ok::<_, &str>(failed)
    });
    assert_eq!(whole, Ok(1));
    assert_eq!((fixture.counts(), in_flight(&fixture)), ((6, 1), Some(0)));
    // Afterwards, calls are separate again.
    let _one = hold(&fixture, 2);
    assert_eq!(fixture.state(), State::Open);
}

/// A hanging service: no call has ended.
#[test]
fn calls_that_have_run_for_a_threshold_are_slow() {
    let fixture = Fixture::with_rule(or_slow());
    let held = hold(&fixture, 10);
    fixture.advance(seconds(2) - millis(1));
    let more = hold(&fixture, 1);
    assert_eq!((fixture.state(), fixture.breaker.metrics().total()), (State::Closed, 0));
    fixture.advance(KNOWN - seconds(2) + millis(1));
    assert_eq!(fixture.state(), State::Closed, "time alone trips nothing");
    let last = hold(&fixture, 1);
    assert_eq!(fixture.state(), State::Open);
    let said = fixture.refusal().to_string();
    assert!(said.contains("10 of the last 10 calls took 2s or longer (100% >= 50%)"), "{said}");
    // The metrics show what was judged.
    let heard = fixture.heard.last().metrics;
    assert_eq!((heard.total(), heard.slow(seconds(2)), heard.in_flight()), (10, Some(10), Some(12)));
    assert_eq!(fixture.breaker.metrics(), heard);
    drop((held, more, last));
}

#[test]
fn an_outcome_reveals_running_slow_calls() {
    let fixture = Fixture::with_rule(or_slow());
    let _hung = hold(&fixture, 5);
    let quick = hold(&fixture, 6);
    fixture.advance(millis(10));
    let mut quick = quick.into_iter();
    quick.by_ref().take(4).for_each(Call::success);
    fixture.advance(KNOWN);
    assert_eq!(fixture.state(), State::Closed);
    // Six of eleven are slow: five running calls, and one of these.
    quick.next().expect("two are left").ignore();
    assert_eq!(fixture.state(), State::Closed, "an ignored call is no outcome");
    quick.next().expect("one is left").success();
    assert_eq!(fixture.state(), State::Open);
    let heard = fixture.heard.last().metrics;
    assert_eq!((heard.total(), heard.slow(seconds(2))), (10, Some(6)));
}

#[test]
fn a_slow_call_counts_once_and_finally_by_its_outcome() {
    let fixture = Fixture::with_rule(or_slow());
    let hung = hold(&fixture, 4);
    fixture.advance(KNOWN);
    fixture.succeed(5);
    hung.into_iter().for_each(Call::failure);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.total(), metrics.failures(), metrics.slow(seconds(2))), (9, 4, Some(4)));
    assert_eq!((fixture.state(), metrics.in_flight()), (State::Closed, Some(0)));
}

#[test]
fn calls_that_run_neither_dilute_failures_nor_end_a_streak() {
    let rule = trip::min(10) & (trip::failure_rate(0.5) | trip::slow_rate(1.0, seconds(2)))
        | trip::failure_streak(6)
        | trip::in_flight(50);
    let fixture = Fixture::new(|builder| builder.trip(rule).window(window::count(100)));
    let _hung = hold(&fixture, 5);
    fixture.advance(KNOWN);
    fixture.succeed(5);
    fixture.fail(4);
    assert_eq!(fixture.state(), State::Closed, "4 of 9, and of 14 with those that run");
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open, "5 of 10");
    let streak = fixture.heard.last().metrics.failure_streak();
    assert_eq!((streak, fixture.heard.last().metrics.total()), (5, 10));
}

/// Slow calls that still run count as if they had just ended: the window evicts its oldest calls for them.
#[test]
fn a_full_window_has_room_for_slow_calls() {
    let rule = || trip::min(10) & trip::slow_rate(0.5, seconds(2)) | trip::in_flight(50);
    for (hung, opens) in [(4, false), (5, true), (30, true)] {
        let fixture = Fixture::new(|builder| builder.trip(rule()).window(window::count(10)));
        fixture.succeed(10);
        let held = hold(&fixture, hung);
        fixture.advance(KNOWN);
        fixture.succeed(1);
        assert_eq!(fixture.state() == State::Open, opens, "{hung} of 10");
        let metrics = fixture.breaker.metrics();
        let slow = if opens { hung.min(10) as u64 } else { 0 };
        assert_eq!((metrics.total(), metrics.slow(seconds(2))), (10, Some(slow)));
        drop(held);
    }
}

/// In a window of calls, in one of time, and in the trial's own tally, which may be longer than the window.
#[test]
fn slow_calls_that_opened_it_remain_the_evidence() {
    let rule = || {
        trip::closed() & trip::min(5) & trip::slow_rate(0.5, seconds(2))
            | trip::half_open() & trip::min(8) & trip::slow_rate(0.5, seconds(2))
            | trip::in_flight(50)
    };
    for window in [window::count(5), window::time(seconds(60))] {
        let fixture = Fixture::new(|builder| builder.trip(rule()).window(window));
        let heard = |hung: u64, state| {
            let before = hold(&fixture, hung as usize);
            fixture.advance(KNOWN);
            drop(fixture.breaker.acquire());
            assert_eq!(fixture.state(), State::Open);
            let heard = fixture.heard.last();
            assert_eq!((heard.from, heard.metrics.slow(seconds(2))), (state, Some(hung)));
            assert_eq!(fixture.breaker.metrics(), heard.metrics);
            drop(before);
            assert_eq!(fixture.breaker.metrics(), heard.metrics);
            heard.metrics.total()
        };
        fixture.succeed(2);
        assert_eq!(heard(4, State::Closed), if window == window::count(5) { 5 } else { 6 });
        fixture.wait();
        fixture.succeed(2);
        assert_eq!(heard(6, State::HalfOpen), 8);
    }
}

#[test]
fn each_threshold_is_reached_in_its_own_time() {
    let rule = trip::min(4) & (trip::slow_rate(1.0, seconds(1)) | trip::slow_rate(0.5, seconds(10)))
        | trip::in_flight(50);
    let fixture = Fixture::with_rule(rule);
    fixture.succeed(2);
    let _hung = hold(&fixture, 2);
    fixture.advance(seconds(5));
    let _young = hold(&fixture, 3);
    fixture.advance(millis(5_625));
    assert_eq!(fixture.state(), State::Closed);
    // Two of the four that have ended or run for 10 s; with those of 1 s, seven.
    let _last = hold(&fixture, 1);
    assert_eq!(fixture.state(), State::Open);
    let heard = fixture.heard.last().metrics;
    assert_eq!((heard.total(), heard.slow(seconds(1)), heard.slow(seconds(10))), (4, Some(2), Some(2)));
}

#[test]
fn a_rule_without_in_flight_ignores_running_calls() {
    let fixture = Fixture::with_rule(trip::min(10) & trip::slow_rate(0.5, seconds(2)));
    let _hung = hold(&fixture, 100);
    fixture.advance(seconds(60));
    fixture.succeed(1);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, None));
}

#[test]
fn it_combines_with_other_conditions() {
    let failures = trip::in_flight(3) & trip::failures(2) | trip::failures(5);
    let fixture = Fixture::with_rule(failures);
    fixture.fail(2);
    let mut held = hold(&fixture, 2);
    assert_eq!(fixture.state(), State::Closed);
    held.extend(hold(&fixture, 1));
    assert_eq!(fixture.state(), State::Open, "by the call that makes them three");

    let fixture = Fixture::with_rule(trip::in_flight(3) & trip::failures(2) | trip::failures(5));
    let mut held = hold(&fixture, 4);
    held.swap_remove(0).failure();
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open, "by the failure that makes them two");
}

#[test]
fn late_ends_do_not_disturb_the_next_generation() {
    let fixture = Fixture::with_rule(or_in_flight(4));
    let late = hold(&fixture, 3);
    fixture.breaker.reset();
    let held = hold(&fixture, 3);
    late.into_iter().for_each(Call::success);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(3)));
    let _last = hold(&fixture, 1);
    assert_eq!(fixture.state(), State::Open);
    drop(held);
}

#[test]
fn a_trial_does_not_wait_for_it() {
    let fixture = Fixture::with_rule(or_in_flight(50));
    let plain = Fixture::new(|builder| builder);
    assert_eq!(fixture.breaker.snapshot().trial, plain.breaker.snapshot().trial);
    fixture.before_trial();
    fixture.succeed(5);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn a_trial_that_reaches_the_limit_is_lost() {
    let fixture = Fixture::with_rule(or_in_flight(50) | trip::half_open() & trip::in_flight(3));
    fixture.before_trial();
    let probes = hold(&fixture, 2);
    let Some(Recovery::Trial { in_flight, .. }) = fixture.breaker.snapshot().recovery else { panic!() };
    assert_eq!((in_flight, fixture.state()), (2, State::HalfOpen));
    let last = hold(&fixture, 1);
    assert_eq!((fixture.state(), last[0].state()), (State::Open, State::HalfOpen));
    assert_eq!(fixture.breaker.snapshot().reopens, 1);
    drop(probes);
    // The next trial has all its slots.
    fixture.wait();
    drop(hold(&fixture, 2));
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
}

/// They re-open the breaker sooner than `half_open_timeout`, although no more calls are admitted.
#[test]
fn hung_probes_are_slow() {
    let fixture = Fixture::with_rule(or_slow());
    let dead = hold(&fixture, 10);
    fixture.advance(KNOWN);
    drop(hold(&fixture, 1));
    drop(dead);
    fixture.wait();
    let probes = hold(&fixture, 10);
    assert!(fixture.refusal().to_string().contains("half-open"));
    fixture.advance(KNOWN);
    assert_eq!(fixture.state(), State::HalfOpen);
    assert_eq!(
        fixture.refusal().state(),
        State::Open,
        "the call that finds it is refused by the open breaker"
    );
    assert_eq!(fixture.breaker.snapshot().reopens, 1);
    drop(probes);
}

#[test]
fn a_ramp_that_reaches_the_limit_is_lost() {
    let ramp = permit::ramp_up(1.0, 1.0, seconds(60));
    let fixture = Fixture::new(|builder| builder.trip(or_in_flight(20)).permit(ramp));
    fixture.before_trial();
    fixture.succeed(6);
    assert!(matches!(fixture.breaker.snapshot().recovery, Some(Recovery::Ramp { .. })));
    let held = hold(&fixture, 19);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::HalfOpen, Some(19)));
    let _last = hold(&fixture, 1);
    assert_eq!(fixture.state(), State::Open);
    drop(held);
}

#[test]
fn the_end_of_a_ramp_forgets_running_calls() {
    let ramp = permit::ramp_up(1.0, 1.0, seconds(60));
    let fixture = Fixture::new(|builder| builder.trip(or_in_flight(5)).permit(ramp));
    fixture.before_trial();
    fixture.succeed(6);
    let late = hold(&fixture, 4);
    fixture.advance(seconds(60));
    let held = hold(&fixture, 4);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(4)));
    late.into_iter().for_each(Call::success);
    assert_eq!((in_flight(&fixture), fixture.breaker.snapshot().late), (Some(4), 4));
    drop(held);
}

#[test]
fn metrics_only_reports_each_time_it_would_have_tripped() {
    let fixture = Fixture::with_rule(or_in_flight(3));
    fixture.breaker.metrics_only();
    let reports = || fixture.heard.steps().iter().filter(|step| step.0 == step.1).count();
    let held = hold(&fixture, 2);
    assert_eq!(reports(), 0);
    let more = hold(&fixture, 5);
    assert_eq!((reports(), fixture.state()), (1, State::MetricsOnly));
    assert!(fixture.heard.last().reason.to_string().contains("3 calls are running at once (3 >= 3)"));
    // The rule has stopped holding without an outcome.
    drop(more);
    let _again = hold(&fixture, 1);
    assert_eq!(reports(), 2);
    held.into_iter().for_each(Call::success);
    assert_eq!((reports(), in_flight(&fixture)), (2, Some(1)));
}

#[test]
fn metrics_only_reports_slow_calls_and_keeps_its_own_account() {
    let fixture = Fixture::with_rule(or_slow());
    fixture.breaker.metrics_only();
    let held = hold(&fixture, 10);
    fixture.advance(KNOWN);
    fixture.succeed(1);
    let heard = fixture.heard.last();
    assert_eq!((heard.from, heard.to), (State::MetricsOnly, State::MetricsOnly));
    assert_eq!((heard.metrics.total(), heard.metrics.slow(seconds(2))), (10, Some(10)), "those that run");
    assert_eq!(fixture.counts(), (1, 0), "they have yet to end");
    held.into_iter().for_each(Call::success);
    assert_eq!(fixture.breaker.metrics().slow(seconds(2)), Some(10));
}

#[test]
fn a_disabled_breaker_counts_no_running_calls() {
    let fixture = Fixture::with_rule(or_in_flight(3));
    fixture.breaker.disable();
    let before = hold(&fixture, 9);
    assert_eq!(fixture.state(), State::Disabled);
    fixture.breaker.reset();
    let held = hold(&fixture, 2);
    drop(before);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(2)));
    drop(held);
}

#[test]
fn tracking_can_be_switched_on_and_off_while_calls_run() {
    let fixture = Fixture::with_rule(trip::min(10) & trip::failure_rate(0.5));
    let change = |rule| fixture.breaker.reconfigure(&Changes::new().trip(rule)).expect("valid");
    let before = hold(&fixture, 5);
    change(or_in_flight(3));
    let held = hold(&fixture, 2);
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(2)));
    before.into_iter().for_each(Call::success);
    assert_eq!(in_flight(&fixture), Some(2));
    change(trip::min(10) & trip::failure_rate(0.5));
    assert_eq!(in_flight(&fixture), None);
    let many = hold(&fixture, 9);
    change(or_in_flight(3));
    held.into_iter().chain(many).for_each(Call::success);
    assert_eq!(in_flight(&fixture), Some(0));
    let _last = hold(&fixture, 3);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn calls_are_counted_on_breakers_that_count_calls() {
    let fixture = Fixture::new(|builder| builder.trip(or_in_flight(3)).count_calls(true));
    fixture.succeed(20);
    drop(hold(&fixture, 1));
    assert_eq!((fixture.breaker.snapshot().totals.successes, in_flight(&fixture)), (Some(20), Some(0)));
    let _held = hold(&fixture, 3);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn a_snapshot_says_how_many_run() {
    let fixture = Fixture::with_rule(trip::failures(5) | trip::in_flight(3));
    let shown = || {
        let conditions = fixture.breaker.snapshot().conditions;
        let condition = &conditions[1];
        (condition.to_string(), condition.holds, condition.value, condition.limit)
    };
    let held = hold(&fixture, 2);
    let few = "2 calls are running at once (2 < 3)".to_owned();
    assert_eq!(shown(), (few, Some(false), Some(2.0), Some(3.0)));
    let last = hold(&fixture, 1);
    let cause = fixture.breaker.snapshot().cause.expect("the rule opened it").to_string();
    assert_eq!(shown(), (cause, Some(true), Some(3.0), Some(3.0)));
    drop((held, last));
}

static ISOLATED: CircuitBreaker = breaker!(name = "in flight: isolated", trip = failures(5) | in_flight(2));

#[test]
fn an_isolated_breaker_has_its_own_running_calls() {
    let real = ISOLATED.acquire().expect("closed");
    {
        let _clock = isolate();
        let held = ISOLATED.acquire().expect("closed");
        assert_eq!((ISOLATED.metrics().in_flight(), ISOLATED.state()), (Some(1), State::Closed));
        let last = ISOLATED.acquire_owned().expect("it still runs");
        assert_eq!(ISOLATED.state(), State::Open);
        drop((held, last));
    }
    assert_eq!((ISOLATED.metrics().in_flight(), ISOLATED.state()), (Some(1), State::Closed));
    real.success();
}

#[cfg(feature = "chaos")]
#[test]
fn a_call_failed_by_a_fault_no_longer_runs() {
    let fixture = Fixture::with_rule(trip::failures(9) | trip::in_flight(2));
    fixture.breaker.inject(Fault::lasting(seconds(9)).fail(1.0)).expect("a sound fault");
    for _ in 0..5 {
        fixture.breaker.acquire().expect_err("the fault strikes every call");
    }
    assert_eq!((in_flight(&fixture), fixture.counts()), (Some(0), (5, 5)));
}

#[test]
fn a_rule_needs_another_condition_for_half_open_breakers() {
    let problem = |rule: trip::Rule| {
        let built = CircuitBreaker::builder("refused").trip(rule).build();
        built.expect_err("it should be refused").to_string()
    };
    let only = "in half-open only `in_flight` could trip this rule";
    assert!(problem(trip::in_flight(50)).contains(only));
    let rate = trip::closed() & trip::min(10) & trip::failure_rate(0.5);
    assert!(problem(rate | trip::half_open() & trip::in_flight(2)).contains(only));
    assert!(problem(or_in_flight(1)).contains("`1` is out of range"));
    let slow = trip::in_flight(9) & trip::min(10) & trip::slow_rate(0.5, seconds(2));
    assert!(problem(or_in_flight(9) | slow).contains("however many calls take 2s"));
}

/// However many threads come at once, exactly as many calls as the rule says are admitted, and the last one opens the breaker.
#[test]
fn of_racing_threads_exactly_one_opens_it() {
    const THREADS: usize = 8;
    for _ in 0..50 {
        let fixture = Fixture::with_rule(or_in_flight(5));
        let all_asked = Barrier::new(THREADS);
        together(THREADS, |_| {
            let call = fixture.breaker.acquire();
            all_asked.wait();
            drop(call);
        });
        assert_eq!(fixture.heard.steps(), [(State::Closed, State::Open)]);
        assert_eq!(fixture.breaker.snapshot().rejected, (THREADS - 5) as u64);
        assert_eq!(in_flight(&fixture), Some(5));
    }
}

#[test]
fn threads_that_come_and_go_leave_no_running_call() {
    let fixture = Fixture::with_rule(or_slow());
    together(8, |nth| {
        for round in 0..500 {
            let call = fixture.breaker.acquire().expect("eight at most");
            if (round + nth) % 7 == 0 { drop(call) } else { call.success() }
        }
    });
    assert_eq!((fixture.state(), in_flight(&fixture)), (State::Closed, Some(0)));
}
