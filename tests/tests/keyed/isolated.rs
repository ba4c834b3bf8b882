//! Under `isolate`, a family starts without keys and its breakers read the manual clock.

use std::time::Duration;

use fluxgate::testing::{ManualClock, isolate};
use fluxgate::{CallNotPermitted, Changes, Keyed, State, circuit_breaker, find, trip};
use fluxgate_tests::fixture::together;

use crate::{fail, fragile};

const HOUR: Duration = Duration::from_secs(3_600);

#[circuit_breaker(key = host, trip = failure_streak(1), retry = cooldown(1m), max_keys = 2, handle = HOSTS)]
fn fetch(host: &str, up: bool) -> Result<(), Option<CallNotPermitted>> {
    if up { Ok(()) } else { Err(None) }
}

#[test]
fn a_family_starts_without_keys() {
    for _ in 0..3 {
        let _isolation = isolate();
        assert_eq!((HOSTS.len(), HOSTS.overflow().metrics().total()), (0, 0));
        for host in ["a", "b", "c"] {
            fetch(host, false).unwrap_err();
        }
        // Two are open, so the third has no room.
        assert_eq!((HOSTS.len(), HOSTS.overflow().state()), (2, State::Open));
        assert!(fetch("a", true).is_err());
    }
}

#[test]
fn its_breakers_read_the_manual_clock() {
    let isolation = isolate();
    fetch("a", false).unwrap_err();
    assert_eq!(HOSTS.get("a").snapshot().retry_after, Some(Duration::from_secs(60)));
    isolation.advance(Duration::from_secs(60));
    fetch("a", true).unwrap();
    fetch("b", true).unwrap();
    assert_eq!(HOSTS.get("b").state(), State::Closed);
    isolation.advance(HOUR);
    // One is half-open or closed again, depending on the rule; the other was not used for an hour.
    assert!(HOSTS.iter().all(|(host, _)| host != "b"));
}

#[test]
fn isolated_breakers_are_not_in_the_registry() {
    let name = |host: &str| format!("{}{{{host}}}", HOSTS.name());
    fetch("outside", false).unwrap_err();
    {
        let _isolation = isolate();
        fetch("inside", false).unwrap_err();
        assert_eq!(HOSTS.get("outside").state(), State::Closed);
        assert_eq!(HOSTS.get("inside").name(), name("inside"));
        assert!(find(&name("inside")).is_none());
        assert!(HOSTS.remove("inside").is_some_and(|breaker| breaker.state() == State::Open));
    }
    assert_eq!(find(&name("outside")).map(|breaker| breaker.state()), Some(State::Open));
    assert!(HOSTS.existing("inside").is_none() && HOSTS.remove("outside").is_some());
}

/// Regression: the family itself was given the new settings, and the keys of the test to come were not.
#[test]
fn reconfigured_within_a_test_it_is_so_there() {
    {
        let _isolation = isolate();
        HOSTS.reconfigure(&Changes::new().trip(trip::failure_streak(7))).unwrap();
        assert_eq!(HOSTS.get("to come").snapshot().rule, "failure_streak(7)");
        assert_eq!(HOSTS.overflow().snapshot().rule, "failure_streak(7)");
    }
    assert_eq!(HOSTS.overflow().snapshot().rule, "failure_streak(1)");
    let _isolation = isolate();
    assert_eq!(HOSTS.get("another").snapshot().rule, "failure_streak(1)");
}

/// Like a built breaker, it belongs to its creator.
#[test]
fn a_built_family_is_not_isolated() {
    let hosts: Keyed<u32> = fragile("isolated", &ManualClock::new()).keyed().build().unwrap();
    fail(&hosts.get(&1));
    let _isolation = isolate();
    assert_eq!((hosts.get(&1).state(), hosts.len()), (State::Open, 1));
}

#[test]
fn threads_that_enter_share_it() {
    let isolation = isolate();
    let handle = isolation.handle();
    together(3, |thread| {
        let _entered = handle.enter();
        let _ = fetch("shared", thread == 0);
    });
    assert_eq!(HOSTS.iter().map(|(host, _)| host).collect::<Vec<_>>(), ["shared"]);
    assert_eq!(HOSTS.get("shared").state(), State::Open);
}
