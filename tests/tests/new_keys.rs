//! Whoever chooses the keys of a family chooses how many breakers begin under settings from outside. That must not fill logs and queues. A
//! process of its own, for the same reason as `settings`.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use fluxgate::settings::{self, Settings};
use fluxgate::{Changes, CircuitBreaker, Event, Interests, Keyed, trip, window};
use fluxgate_tests::fixture;
use fluxgate_tests::logged::Logged;
use tracing::field::{Field, Visit};

struct Message<'a>(&'a mut Vec<String>);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.push(format!("{value:?}"));
        }
    }
}

/// What is logged, and of which breakers listeners hear, while `work` runs.
fn heard(work: impl FnOnce()) -> (Vec<String>, Vec<String>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut events = fluxgate::events().interests(Interests::transitions().resets());
    let logged = log.clone();
    let keep = move |event: &tracing::Event<'_>| {
        event.record(&mut Message(&mut logged.lock().expect("not poisoned")));
    };
    tracing::subscriber::with_default(Logged(keep), work);
    let names = std::iter::from_fn(|| events.try_recv()).filter_map(|event| match event {
        Event::Transition(transition) => Some(transition.breaker.as_str().to_owned()),
        _ => None,
    });
    let names = names.collect();
    (std::mem::take(&mut *log.lock().expect("not poisoned")), names)
}

fn apply(breaker: &str, setting: &str, value: &str) {
    let mut settings = Settings::new();
    settings.set(breaker, setting, value);
    settings::apply(&settings).expect("right");
}

/// Three keys, each of which comes twice and is called.
fn use_keys(family: &Keyed<u32>) {
    for key in [1, 2, 3, 1, 2, 3] {
        let _ = family.get(&key).call(|| Ok::<_, ()>(()));
        family.remove(&key);
    }
}

fn family(name: &'static str) -> Keyed<u32> {
    let rule = trip::min(10) & trip::failure_rate(0.5);
    CircuitBreaker::builder(name).trip(rule).keyed().build().expect("valid")
}

#[test]
fn begin_under_settings_without_a_word() {
    let _alone = fixture::alone();
    let tenants = family("tenants");
    apply("tenants", "trip", "failure_streak(3)");
    let nothing = heard(|| use_keys(&tenants));
    assert_eq!(nothing, (vec![], vec![]));
    // A breaker of its own says that the settings have reached it, and so does a key that has been in use.
    let held = tenants.get(&7);
    drop(held.acquire());
    let alone = CircuitBreaker::builder("tenants alone").build().expect("valid");
    let (log, names) = heard(|| apply("tenants*", "trip", "failure_streak(4)"));
    assert_eq!(
        (held.snapshot().rule.as_str(), alone.snapshot().rule.as_str()),
        ("failure_streak(4)", "failure_streak(4)")
    );
    assert_eq!(log, ["circuit breaker has new settings"; 2]);
    assert_eq!(names.len(), 2, "{names:?}");
    // So does one that comes later.
    let (log, names) = heard(|| {
        let later = CircuitBreaker::builder("tenants later").build().expect("valid");
        drop(later.acquire());
    });
    assert_eq!((log.len(), names), (1, vec!["tenants later".to_owned()]), "{log:?}");
    settings::apply(&Settings::new()).expect("nothing can be wrong");
}

#[test]
fn warn_once_of_settings_that_do_not_fit() {
    let _alone = fixture::alone();
    let shards = family("shards");
    apply("shards", "window", "count(5)");
    let (log, names) = heard(|| use_keys(&shards));
    assert_eq!(log, ["circuit breaker keeps its settings, since the new ones do not fit"; 3]);
    assert_eq!(names, [""; 0]);
    settings::apply(&Settings::new()).expect("nothing can be wrong");
}

/// Regression: new keys took the changes alone, unchecked, and had a rule that could never hold once the settings were withdrawn.
#[test]
fn keep_changes_together_with_the_settings_that_they_need() {
    let _alone = fixture::alone();
    let pools = family("pools");
    let settings_of = |key: u32| {
        let _ = pools.get(&key).call(|| Ok::<_, ()>(()));
        pools.get(&key).settings().to_string()
    };
    let before = settings_of(1);
    apply("pools", "trip", "failure_streak(3)");
    pools.reconfigure(&Changes::new().window(window::count(5))).expect("right for that rule");
    let meanwhile = settings_of(2);
    settings::apply(&Settings::new()).expect("nothing can be wrong");
    let expected = before.replace("count(100)", "count(5)");
    let expected = expected.replace("min(10) & failure_rate(0.5)", "failure_streak(3)");
    assert_eq!([settings_of(1), meanwhile, settings_of(2), settings_of(3)], [&*expected; 4]);
}
