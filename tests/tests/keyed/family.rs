//! What a family is: breakers with one configuration and their own names.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{
    Changes, CircuitBreaker, ConfigProblem, Keyed, State, Transition, breakers, find, trip, window,
};

use fluxgate_tests::fixture::alone;

use crate::{fail, fragile};

#[test]
fn each_key_has_its_own_breaker() {
    let hosts: Keyed<String> = fragile("own", &ManualClock::new()).keyed().build().unwrap();
    fail(&hosts.get("a"));
    assert_eq!((hosts.get("a").state(), hosts.get("b").state()), (State::Open, State::Closed));
    assert_eq!((hosts.get("a").name(), hosts.name(), hosts.len()), ("own{a}", "own", 2));
    let refusal = hosts.get("a").acquire().unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "circuit breaker `own{a}` is open: 1 failed in a row (1 >= 1); next attempt in 1m"
    );
}

#[test]
fn each_key_has_its_own_calls_in_flight() {
    let rule = trip::failures(5) | trip::in_flight(2);
    let hosts: Keyed<String> = CircuitBreaker::builder("in flight").trip(rule).keyed().build().unwrap();
    let (a, b) = (hosts.get("a"), hosts.get("b"));
    let held = (a.acquire().unwrap(), b.acquire().unwrap());
    assert_eq!((a.state(), b.state(), a.metrics().in_flight()), (State::Closed, State::Closed, Some(1)));
    let last = hosts.get("a").acquire_owned().unwrap();
    assert_eq!((a.state(), b.state()), (State::Open, State::Closed));
    drop((held, last));
}

#[test]
fn keys_are_anything_that_can_be_hashed_and_printed() {
    let numbers: Keyed<u64> = CircuitBreaker::builder("numbers").keyed().build().unwrap();
    assert_eq!(numbers.get(&7).name(), "numbers{7}");
    let owned: Keyed<String> = CircuitBreaker::builder("strings").keyed().build().unwrap();
    let one = owned.get(&"a".to_owned());
    one.force_open();
    assert_eq!(owned.get("a").state(), State::ForcedOpen);
    let clone = owned.clone();
    assert_eq!(clone.get("a").state(), State::ForcedOpen);
}

#[test]
fn breakers_are_found_by_their_names() {
    let _alone = alone();
    let hosts: Keyed<String> = fragile("found", &ManualClock::new()).keyed().build().unwrap();
    assert!(find("found{a}").is_none() && find("found").is_none());
    let unused = hosts.get("unused");
    assert!(find("found{unused}").is_none(), "no call has come yet");
    fail(&hosts.get("a"));
    let found = find("found{a}").unwrap();
    assert_eq!((found.name(), found.state()), ("found{a}", State::Open));
    assert_eq!(found.snapshot().family.as_deref(), Some("found"));
    let listed: Vec<_> = breakers().filter(|breaker| breaker.name().starts_with("found")).collect();
    assert_eq!(listed.len(), 1);
    drop((hosts, found, listed, unused));
    assert!(find("found{a}").is_none());
}

#[test]
fn iteration_is_over_keys_and_their_breakers() {
    let hosts: Keyed<String> = fragile("iterated", &ManualClock::new()).keyed().build().unwrap();
    assert!(hosts.is_empty() && hosts.iter().next().is_none());
    for host in ["a", "b", "c"] {
        hosts.get(host);
    }
    assert!(!hosts.is_empty());
    fail(&hosts.get("b"));
    let states: BTreeSet<_> = hosts.iter().map(|(key, breaker)| (key, breaker.state().as_str())).collect();
    let expected = [("a", "closed"), ("b", "open"), ("c", "closed")].map(|(key, state)| (key.into(), state));
    assert_eq!(states, BTreeSet::from(expected));
}

#[test]
fn a_breaker_can_be_removed_in_any_state() {
    let hosts: Keyed<String> = fragile("removed", &ManualClock::new()).keyed().build().unwrap();
    fail(&hosts.get("a"));
    let removed = hosts.remove("a").unwrap();
    assert_eq!((removed.state(), hosts.get("a").state()), (State::Open, State::Closed));
    assert!(hosts.remove("b").is_none() && hosts.existing("b").is_none());
    assert_eq!(hosts.existing("a").map(|breaker| breaker.state()), Some(State::Closed));
    hosts.get("a").force_open();
    assert_eq!(find("removed{a}").map(|breaker| breaker.state()), Some(State::ForcedOpen));
}

#[test]
fn many_keys_are_found_again_however_they_come_and_go() {
    let clock = ManualClock::new();
    let numbers: Keyed<u32> = fragile("many", &clock).keyed().max_keys(3_000).build().unwrap();
    let mut random = fastrand::Rng::with_seed(14);
    let mut expected = BTreeSet::new();
    for _ in 0..20_000 {
        let key = random.u32(0..3_000);
        if random.bool() {
            numbers.get(&key);
            expected.insert(key);
        } else {
            assert_eq!(numbers.remove(&key).is_some(), expected.remove(&key));
        }
    }
    assert_eq!(numbers.len(), expected.len());
    let all: BTreeSet<_> = numbers.iter().map(|(key, _)| key).collect();
    assert_eq!(all, expected);
    assert!(
        all.iter().all(|key| numbers
            .existing(key)
            .is_some_and(|breaker| breaker.name() == format!("many{{{key}}}")))
    );
}

#[test]
fn listeners_of_the_family_hear_of_every_key() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = heard.clone();
    let hosts: Keyed<String> = fragile("heard", &ManualClock::new())
        .listener(move |transition: &Transition| log.lock().unwrap().push(transition.breaker.to_string()))
        .keyed()
        .build()
        .unwrap();
    fail(&hosts.get("a"));
    fail(&hosts.get("b\n"));
    assert_eq!(*heard.lock().unwrap(), ["heard{a}", "heard{b\\n}"]);
}

/// Regression: nobody ever found it: neither the registry, nor metrics, nor settings from files.
#[test]
fn a_breaker_that_is_reconfigured_before_its_first_use_is_found_after_it() {
    let _alone = alone();
    let hosts: Keyed<String> = fragile("changed early", &ManualClock::new()).keyed().build().unwrap();
    let unused = hosts.get("a");
    hosts.reconfigure(&Changes::new().trip(trip::failure_streak(2))).unwrap();
    fail(&unused);
    assert!(find("changed early{a}").is_some());
}

#[test]
fn new_settings_apply_to_all_present_and_future_keys() {
    let hosts: Keyed<String> = fragile("reconfigured", &ManualClock::new()).keyed().build().unwrap();
    let before = hosts.get("before");
    hosts.reconfigure(&Changes::new().trip(trip::failure_streak(2))).unwrap();
    for breaker in [before, hosts.get("after"), hosts.overflow()] {
        assert_eq!(breaker.snapshot().rule, "failure_streak(2)");
    }
    let error = hosts.reconfigure(&Changes::new().trip(trip::failure_rate(0.5))).unwrap_err();
    assert_eq!(error.problems()[0].setting(), "trip");
    assert_eq!(hosts.get("before").snapshot().rule, "failure_streak(2)");
}

/// Otherwise some keys would have the new settings, and others not.
#[test]
fn settings_that_do_not_fit_one_key_change_none() {
    let fails = trip::min(10) & trip::failure_rate(0.5);
    let family = CircuitBreaker::builder("of one mind").trip(fails).clock(ManualClock::new());
    let hosts: Keyed<u32> = family.keyed().build().unwrap();
    (0..16).for_each(|host| drop(hosts.get(&host)));
    hosts.get(&7).reconfigure(&Changes::new().trip(trip::failures(50))).unwrap();
    hosts.reconfigure(&Changes::new().window(window::count(20))).unwrap_err();
    for breaker in hosts.iter().map(|(_, breaker)| breaker).chain([hosts.overflow()]) {
        assert!(breaker.settings().to_string().contains("window = count(100)"), "{}", breaker.name());
    }
}

#[test]
fn all_errors_are_reported_at_once() {
    let wrong = CircuitBreaker::builder("").trip(trip::failure_rate(0.5));
    let error = wrong.keyed::<String>().max_keys(0).key_idle(Duration::ZERO).build().unwrap_err();
    let settings: Vec<_> = error.problems().iter().map(ConfigProblem::setting).collect();
    assert_eq!(settings, ["name", "trip", "max_keys", "key_idle"]);
    let said = error.problems()[2].message();
    assert_eq!(said, "`max_keys`: `0` is out of range: from 1 to 1000000 keys have breakers of their own");
    assert!(CircuitBreaker::builder("many").keyed::<u8>().max_keys(1_000_001).build().is_err());
}
