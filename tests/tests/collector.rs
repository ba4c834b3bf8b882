//! What a collector reports about breakers that come, go and share a name.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use fluxgate::{Call, Collected, Collector, Outcome, State, trip, window};
use fluxgate_tests::fixture::{alone, built, calls, millis, seconds, together};

fn of(collector: &Collector, name: &str) -> Option<Collected> {
    let mut all = collector.collect();
    assert!(all.is_sorted_by(|one, other| one.breaker < other.breaker), "each name once, in order");
    let place = all.iter().position(|collected| collected.breaker == name)?;
    Some(all.swap_remove(place))
}

#[test]
fn a_breaker_is_reported_from_its_first_use() {
    let _alone = alone();
    let collector = Collector::new();
    assert_eq!(of(&collector, "collector: late"), None);
    let (_breaker, clock) = built("collector: late", |builder| builder);
    clock.advance(seconds(3));
    let collected = of(&collector, "collector: late").expect("it is there");
    assert_eq!(collected.states, [State::Closed]);
    assert_eq!(collected.spent.of(State::Closed), seconds(3));
    assert_eq!(collected.failure_rate, None);
    // Starting from 0, the first transition shows up as an increase.
    assert!(collected.transitions.contains(&(State::Closed, State::Open, 0)));
    assert!(collected.transitions.iter().all(|(_, _, count)| *count == 0));
}

#[test]
fn counts_of_namesakes_are_summed_and_never_decrease() {
    let _alone = alone();
    let collector = Collector::new();
    let name = "collector: twins";
    let failures = || of(&collector, name).expect("known").totals.failures;
    let (one, _) = built(name, |builder| builder);
    let (other, clock) = built(name, |builder| builder);
    calls(&one, Outcome::Failure, 3);
    calls(&other, Outcome::Failure, 4);
    assert_eq!(failures(), 7);
    // One breaker is dropped while the other's count grows by more than the dropped count.
    drop(one);
    calls(&other, Outcome::Failure, 5);
    assert_eq!(failures(), 12);
    other.force_open();
    clock.advance(seconds(2));
    drop(other);
    assert_eq!(of(&collector, name).map(|gone| (gone.states, gone.totals.failures)), Some((vec![], 12)));
    let (another, _) = built(name, |builder| builder);
    calls(&another, Outcome::Failure, 1);
    assert_eq!(failures(), 13);
}

/// Each has another number, so that none is taken for another.
#[test]
fn all_totals_outlast_their_breakers() {
    let _alone = alone();
    let collector = Collector::new();
    let name = "collector: outlasting";
    for round in 1..=2 {
        let rule = trip::min(100) & trip::slow_rate(1.0, millis(500));
        let (breaker, clock) = built(name, |builder| builder.window(window::count(100)).trip(rule));
        breaker.count_calls();
        calls(&breaker, Outcome::Success, 1);
        calls(&breaker, Outcome::Ignored, 2);
        (0..3).for_each(|_| drop(breaker.acquire()));
        let slow: Vec<_> = (0..4).map(|_| breaker.acquire().expect("closed")).collect();
        clock.advance(seconds(1));
        slow.into_iter().for_each(Call::failure);
        for _ in 0..6 {
            let panics = || breaker.call(|| -> Result<(), ()> { resume_unwind(Box::new("the body")) });
            catch_unwind(AssertUnwindSafe(panics)).expect_err("it panicked");
        }
        let late: Vec<_> = (0..5).map(|_| breaker.acquire().expect("closed")).collect();
        breaker.force_open();
        late.into_iter().for_each(Call::failure);
        (0..7).for_each(|_| assert!(breaker.acquire().is_err()));
        let totals = of(&collector, name).expect("known").totals;
        assert_eq!((totals.successes, totals.ignored), (Some(round), Some(5 * round)));
        assert_eq!((totals.failures, totals.panicked, totals.cancelled), (10 * round, 6 * round, 3 * round));
        assert_eq!((totals.slow, totals.late, totals.refused), (4 * round, 5 * round, 7 * round));
    }
}

#[test]
fn namesakes_report_all_their_states_and_the_highest_rate() {
    let _alone = alone();
    let collector = Collector::new();
    let rule = trip::min(4) & (trip::failure_rate(0.9) | trip::slow_rate(0.9, millis(500)));
    let (one, clock) = built("collector: rates", |builder| builder.trip(rule.clone()));
    let (other, _) = built("collector: rates", |builder| builder.trip(rule.clone()));
    let (manual, _) = built("collector: rates", |builder| builder.trip(rule.clone()));
    manual.disable();
    calls(&one, Outcome::Failure, 1);
    calls(&one, Outcome::Success, 3);
    calls(&other, Outcome::Failure, 2);
    let slow = one.acquire().expect("closed");
    clock.advance(seconds(1));
    slow.success();
    let collected = of(&collector, "collector: rates").expect("known");
    // The other has too few calls for its rate of 100% to mean anything.
    assert_eq!(collected.failure_rate, Some(0.2));
    assert_eq!(collected.slow_rates, [(millis(500), 0.2)]);
    let mut states = collected.states;
    states.sort_by_key(|state| state.as_str());
    assert_eq!(states, [State::Closed, State::Disabled]);
}

#[test]
fn namesakes_report_the_highest_share_of_slow_calls_for_each_threshold() {
    let _alone = alone();
    let collector = Collector::new();
    let shares = [&[700][..], &[100, 700, 1_500], &[100, 100, 100, 700]].map(|durations| {
        let rule = trip::min(9) & (trip::slow_rate(0.9, millis(500)) | trip::slow_rate(0.9, seconds(1)));
        let (breaker, _) = built("collector: slow", |builder| {
            builder.window(window::count(20)).trip(rule | trip::failures(9))
        });
        for duration in durations {
            breaker.record(Outcome::Success, millis(*duration));
        }
        breaker
    });
    let mut collected = of(&collector, "collector: slow").expect("known").slow_rates;
    assert_eq!(collected, [], "too few for any of the rules");
    for breaker in &shares {
        calls(breaker, Outcome::Success, 9);
    }
    collected = of(&collector, "collector: slow").expect("known").slow_rates;
    collected.sort_by_key(|(threshold, _)| *threshold);
    assert_eq!(collected, [(millis(500), 2.0 / 12.0), (seconds(1), 1.0 / 12.0)]);
}

#[test]
fn calls_in_flight_are_reported_for_breakers_that_admit_calls_and_track_them() {
    let _alone = alone();
    let (collector, name) = (Collector::new(), "collector: in flight");
    let in_flight = || of(&collector, name).expect("known").in_flight;
    let (_indifferent, _) = built(name, |builder| builder);
    assert_eq!(in_flight(), None);
    let rule = trip::min(9) & trip::failure_rate(0.9) | trip::in_flight(9);
    let [(one, _), (other, _)] = [(); 2].map(|()| built(name, |builder| builder.trip(rule.clone())));
    assert_eq!(in_flight(), Some(0));
    let calls = [&one, &one, &other].map(|breaker| breaker.acquire().expect("closed"));
    assert_eq!(in_flight(), Some(3));
    one.force_open();
    assert_eq!(in_flight(), Some(1), "those of the first are no longer tracked");
    drop(calls);
    assert_eq!(in_flight(), Some(0));
    other.metrics_only();
    let _watched = other.acquire().expect("it only watches");
    assert_eq!(in_flight(), Some(1), "metrics-only shows which limit a rule needs");
    other.disable();
    assert_eq!(in_flight(), None);
}

#[test]
fn transitions_are_counted_from_registration_even_for_dropped_breakers() {
    let _alone = alone();
    let (deaf, listening) = (Collector::new(), Collector::new());
    let name = "collector: transitions";
    let (breaker, clock) = built(name, |builder| builder);
    breaker.force_open();
    fluxgate::listen(listening.clone());
    breaker.reset();
    for _ in 0..2 {
        calls(&breaker, Outcome::Failure, 10);
        clock.advance(seconds(60));
        calls(&breaker, Outcome::Success, 6);
    }
    drop(breaker);
    let mut transitions = of(&listening, name).expect("known by its transitions").transitions;
    transitions.retain(|(_, _, count)| *count > 0);
    assert_eq!(
        transitions,
        [
            (State::Closed, State::Open, 2),
            (State::Open, State::HalfOpen, 2),
            (State::HalfOpen, State::Closed, 2),
            (State::ForcedOpen, State::Closed, 1),
        ]
    );
    assert_eq!(of(&deaf, name), None, "it neither listened nor collected in time");
}

#[test]
fn successes_are_reported_once_a_breaker_counts_them() {
    let _alone = alone();
    let collector = Collector::new();
    let name = "collector: counted";
    let (breaker, _) = built(name, |builder| builder);
    calls(&breaker, Outcome::Success, 5);
    let totals = || of(&collector, name).expect("known").totals;
    assert_eq!((totals().successes, totals().ignored), (None, None));
    breaker.count_calls();
    calls(&breaker, Outcome::Success, 2);
    calls(&breaker, Outcome::Ignored, 1);
    assert_eq!((totals().successes, totals().ignored), (Some(2), Some(1)));
}

#[test]
fn concurrent_collections_count_nothing_twice() {
    let _alone = alone();
    let collector = Collector::new();
    let name = "collector: together";
    let (breaker, _) =
        built(name, |builder| builder.trip(trip::failure_streak(1_000_000)).window(window::count(10)));
    together(3, |nth| {
        if nth == 0 {
            return calls(&breaker, Outcome::Failure, 10_000);
        }
        let mut last = 0;
        for _ in 0..200 {
            let now = of(&collector, name).map_or(0, |collected| collected.totals.failures);
            assert!(now >= last, "{now} after {last}");
            last = now;
        }
    });
    assert_eq!(of(&collector, name).expect("known").totals.failures, 10_000);
}

#[cfg(feature = "keyed")]
#[test]
fn a_family_reports_its_first_hundred_keys_and_the_rest_as_one() {
    let _alone = alone();
    let collector = Collector::new();
    let hosts: fluxgate::Keyed<u32> =
        fluxgate::CircuitBreaker::builder("collected").keyed().build().expect("valid");
    let fail = |host: u32| drop(hosts.get(&host).call(|| Err::<(), ()>(())));
    let of_family = || -> Vec<_> {
        let all = collector.collect().into_iter();
        all.filter(|collected| collected.breaker.starts_with("collected{")).collect()
    };
    (0..50).for_each(fail);
    assert_eq!(of_family().len(), 50);
    (0..250).for_each(fail);
    let failures = |all: &[Collected]| all.iter().map(|one| one.totals.failures).sum::<u64>();
    let reported = of_family();
    assert_eq!((reported.len(), failures(&reported)), (101, 300));
    let others: Vec<_> = reported.into_iter().filter(|one| one.breaker == "collected{other}").collect();
    assert_eq!(failures(&others), 150);
    // Dropped breakers keep their counts.
    (0..250).for_each(|host| drop(hosts.remove(&host)));
    assert_eq!(failures(&of_family()), 300);
}
