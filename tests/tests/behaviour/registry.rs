//! The registry knows every live breaker that was built, registered or used.

use fluxgate::{CircuitBreaker, State, breaker};
use fluxgate_tests::fixture::{self, together};

fn names() -> Vec<String> {
    fluxgate::breakers().map(|breaker| breaker.name().to_owned()).collect()
}

#[test]
fn finds_a_built_breaker_by_its_name() {
    let built = CircuitBreaker::builder("registry: by name").build().expect("valid");
    let found = fluxgate::find("registry: by name").expect("it is alive");
    found.force_open();
    assert_eq!(built.state(), State::ForcedOpen, "it is the same breaker");
    assert!(fluxgate::find("registry: no such name").is_none());
}

#[test]
fn lists_each_breaker_once() {
    let _alone = fixture::alone();
    let _built = CircuitBreaker::builder("registry: listed").build().expect("valid");
    assert_eq!(names().iter().filter(|name| *name == "registry: listed").count(), 1);
}

#[test]
fn built_breakers_leave_when_dropped() {
    let _alone = fixture::alone();
    let built = CircuitBreaker::builder("registry: dropped").build().expect("valid");
    assert!(fluxgate::find("registry: dropped").is_some());
    drop(built);
    assert!(fluxgate::find("registry: dropped").is_none());
    assert!(!names().contains(&"registry: dropped".to_owned()));
}

#[test]
fn statics_register_on_first_use() {
    static USED: CircuitBreaker = breaker!(name = "registry: used");
    let _alone = fixture::alone();
    assert!(fluxgate::find("registry: used").is_none());
    USED.call(|| Ok::<_, ()>(())).expect("closed");
    let found = fluxgate::find("registry: used").expect("it was used");
    assert_eq!(found.metrics().total(), 1);
    USED.call(|| Ok::<_, ()>(())).expect("closed");
    assert_eq!(names().iter().filter(|name| *name == "registry: used").count(), 1);
}

#[test]
fn statics_can_register_early() {
    static EARLY: CircuitBreaker = breaker!(name = "registry: early");
    let _alone = fixture::alone();
    fluxgate::register(&EARLY);
    fluxgate::register(&EARLY);
    assert_eq!(names().iter().filter(|name| *name == "registry: early").count(), 1);
    fluxgate::find("registry: early").expect("registered").force_open();
    assert_eq!(EARLY.state(), State::ForcedOpen);
}

#[test]
fn many_threads_may_use_the_registry_at_once() {
    static SHARED: CircuitBreaker = breaker!(name = "registry: many");
    let _alone = fixture::alone();
    together(4, |thread| {
        for nth in 0..200 {
            let name = format!("registry: many {thread} {nth}");
            let built = CircuitBreaker::builder(name.clone()).build().expect("valid");
            SHARED.call(|| Ok::<_, ()>(())).expect("closed");
            assert!(fluxgate::find(&name).is_some());
            assert!(fluxgate::breakers().count() >= 2);
            // Gone, unless another thread is just inspecting it.
            drop(built);
        }
    });
    assert_eq!(names().iter().filter(|name| name.starts_with("registry: many")).count(), 1);
    assert_eq!(fluxgate::find("registry: many").expect("used").metrics().total(), 100, "the window is full");
}

#[test]
fn a_found_breaker_outlives_its_owner() {
    let built = CircuitBreaker::builder("registry: outlived").build().expect("valid");
    let found = fluxgate::find("registry: outlived").expect("alive");
    drop(built);
    found.call(|| Ok::<_, ()>(())).expect("closed");
    assert_eq!(found.metrics().total(), 1);
}
