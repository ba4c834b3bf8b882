//! Under `isolate`, a family starts without keys and its breakers read the manual clock.

use std::time::Duration;

use fluxgate::testing::{ManualClock, isolate, unisolated};
use fluxgate::{CallNotPermitted, Changes, Keyed, State, breakers, circuit_breaker, find, trip};
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

/// Regression: the registry led an isolated test to the real breakers of keys, and to none of its own.
#[test]
fn the_registry_leads_a_test_to_its_own_keys() {
    let name = |host: &str| format!("{}{{{host}}}", HOSTS.name());
    let listed = |host: &str| breakers().filter(|breaker| breaker.name() == name(host)).count();
    let built = fragile("listed", &ManualClock::new()).keyed().build().unwrap();
    fail(&built.get("outside"));
    fetch("outside", false).unwrap_err();
    {
        let isolation = isolate();
        assert!(find(&name("outside")).is_none() && listed("outside") == 0);
        fetch("inside", false).unwrap_err();
        assert_eq!((listed("inside"), listed("outside")), (1, 0));
        find(&name("inside")).unwrap().reset();
        assert_eq!(
            (HOSTS.get("inside").state(), HOSTS.get("outside").state()),
            (State::Closed, State::Closed)
        );
        assert_eq!(find("listed{outside}").unwrap().state(), State::Open);
        // Neither other tests nor threads without the isolation see them.
        {
            let _unisolated = unisolated();
            assert_eq!((listed("inside"), listed("outside")), (0, 1));
        }
        {
            let _another = isolate();
            assert!(find(&name("inside")).is_none() && find(&name("outside")).is_none());
        }
        let handle = isolation.handle();
        together(2, |thread| {
            let _entered = (thread == 0).then(|| handle.enter());
            assert_eq!(find(&name("inside")).is_some(), thread == 0);
        });
        assert!(HOSTS.remove("inside").is_some() && find(&name("inside")).is_none());
    }
    assert_eq!(find(&name("outside")).map(|breaker| breaker.state()), Some(State::Open));
    assert!(HOSTS.existing("inside").is_none() && HOSTS.remove("outside").is_some());
}

/// Regression: the real family was given the new settings, and later keys of the test were not.
#[test]
fn new_settings_within_a_test_apply_only_there() {
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
