//! What happens once in the life of a breaker.

use std::sync::OnceLock;

use super::*;
use crate::engine::counting;

#[test]
fn the_first_use_happens_once() {
    check(|| {
        let settings = settings(
            window::count(2),
            trip::failures(2),
            retry::cooldown(Duration::from_secs(60)),
            permit::all(),
        );
        let settings = SettingsRef::shared(settings);
        let breaker = Arc::new(Breaker::detached(settings, reading(Still(7)), Origin::Hidden));
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (2, 1));
    });
}

/// A listener to all calls is added while the first one is made.
#[test]
fn a_first_call_is_admitted_while_the_breaker_begins_to_count_calls() {
    check(|| {
        let breaker = listed();
        let other = spawn(&breaker, |breaker| counting::begin(breaker));
        acquire(&breaker).expect("it is closed").success();
        other.join().unwrap();
        assert_eq!(times_listed(&breaker), 1);
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.metrics.total(), snapshot.late, snapshot.totals.refused), (1, 0, 0));
    });
}

/// The value of `breaker!(..)`, in a `static` or a field: the breaker itself is made on first use.
#[test]
fn a_handle_used_by_two_threads_at_once_makes_one_breaker() {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    let retry = retry::cooldown(Duration::from_secs(60));
    let settings =
        SETTINGS.get_or_init(|| settings(window::count(4), trip::failures(3), retry, permit::all()));
    check(move || {
        let breaker = Arc::new(CircuitBreaker::from_settings(settings));
        let theirs = breaker.clone();
        let other = thread::spawn(move || {
            let clone = CircuitBreaker::clone(&theirs);
            clone.acquire().unwrap().failure();
            clone
        });
        breaker.acquire().unwrap().failure();
        let clone = other.join().unwrap();
        assert!(std::ptr::eq(breaker.breaker(), clone.breaker()));
        assert_eq!(breaker.metrics().failures(), 2);
        assert_eq!(times_listed(breaker.breaker()), 1);
    });
}

/// A breaker that enters the registry once it is used.
fn listed() -> Arc<Breaker> {
    let settings = settings(window::count(1), trip::failures(1), Retry::new(Schedule::Always), permit::all());
    Breaker::shared(SettingsRef::shared(settings), reading(Still(7)))
}

fn times_listed(breaker: &Breaker) -> usize {
    crate::breakers().filter(|listed| std::ptr::eq(listed.breaker(), breaker)).count()
}

#[test]
fn a_breaker_enters_the_registry_once() {
    check(|| {
        let breaker = listed();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        assert_eq!(times_listed(&breaker), 1);
    });
}

#[test]
fn the_registry_loses_no_breaker_and_keeps_none() {
    check(|| {
        let mine = listed();
        enroll(&mine);
        let other = thread::spawn(|| {
            let theirs = listed();
            enroll(&theirs);
            assert_eq!(times_listed(&theirs), 1);
        });
        // Whichever comes or goes meanwhile, each is listed once, and one of the name is found.
        assert_eq!(times_listed(&mine), 1);
        assert!(crate::find("model").is_some());
        other.join().unwrap();
        assert_eq!(crate::breakers().count(), 1);
        drop(mine);
        assert!(crate::breakers().next().is_none() && crate::find("model").is_none());
    });
}

#[test]
fn a_breaker_that_is_found_outlives_its_owner() {
    check(|| {
        let owned = listed();
        enroll(&owned);
        let other = thread::spawn(move || drop(owned));
        if let Some(found) = crate::find("model") {
            found.acquire().unwrap().success();
            assert_eq!(found.metrics().total(), 1);
        }
        other.join().unwrap();
        assert!(crate::breakers().next().is_none());
    });
}
