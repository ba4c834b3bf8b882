//! Settings from outside, for breakers by name. A process of its own, since they apply to all its breakers.

mod wrong;

use std::sync::MutexGuard;
#[cfg(feature = "keyed")]
use std::sync::atomic::{AtomicBool, Ordering};

use fluxgate::settings::{self, Applied, Settings, SettingsError};
use fluxgate::{Changes, CircuitBreaker, Outcome, State, breaker, circuit_breaker, trip, window};
use fluxgate_tests::fixture::{self, seconds, together};
use serde_json::json;

/// One test at a time, each starting without settings.
fn alone() -> MutexGuard<'static, ()> {
    let alone = fixture::alone();
    settings::apply(&Settings::new()).expect("nothing can be wrong");
    alone
}

fn read(text: serde_json::Value) -> Settings {
    serde_json::from_value(text).expect("settings")
}

#[track_caller]
fn apply(text: serde_json::Value) -> Applied {
    settings::apply(&read(text)).expect("right")
}

fn wrong(text: serde_json::Value) -> SettingsError {
    settings::apply(&read(text)).expect_err("wrong")
}

fn built(name: &'static str) -> CircuitBreaker {
    CircuitBreaker::builder(name).trip(trip::min(10) & trip::failure_rate(0.5)).build().expect("valid")
}

fn rule(breaker: &CircuitBreaker) -> String {
    breaker.snapshot().rule
}

#[test]
fn change_breakers_that_are_in_use() {
    let _alone = alone();
    let (payments, stock) = (built("payments"), built("stock"));
    payments.force_open();
    let applied = apply(json!({ "payments": { "trip": "failure_streak(3)", "max_half_open_calls": 3 } }));
    assert_eq!((applied.changed, applied.unmatched), (vec!["payments".to_owned()], vec![]));
    assert_eq!((rule(&payments), payments.state()), ("failure_streak(3)".to_owned(), State::ForcedOpen));
    assert_eq!(rule(&stock), "min(10) & failure_rate(0.5)");
    let again = apply(json!({ "payments": { "trip": "failure_streak(3)", "max_half_open_calls": "3" } }));
    assert!(again.changed.is_empty(), "a number may be a string, and nothing has changed");
}

/// Regression: they were listed as the registry happened to find them, by the hash of their names.
#[test]
fn what_has_changed_is_listed_in_order() {
    let _alone = alone();
    let names = ["order a", "order b", "order c", "order d", "order e", "order f", "order g", "order h"];
    let _breakers = names.map(built);
    assert_eq!(apply(json!({ "order *": { "max_half_open_calls": 3 } })).changed, names);
}

#[test]
fn every_setting_can_be_set() {
    let _alone = alone();
    let breaker = built("every");
    apply(json!({ "every": {
        "window": "time(60s, buckets = 6)",
        "trip": "min(20) & slow_rate(50%, 1s)",
        "retry": "backoff(10s, max = 5m)",
        "permit": "all",
        "max_half_open_calls": 2,
        "half_open_timeout": "90s",
        "on_panic": "ignore",
        "on_cancel": "failure(after = 2s)",
        "count_calls": true
    } }));
    assert_eq!(rule(&breaker), "min(20) & slow_rate(0.5, 1s)");
    breaker.record(Outcome::Success, seconds(1));
    assert_eq!(breaker.snapshot().totals.successes, Some(1));
    breaker.trip();
    let left = breaker.snapshot().retry_after.expect("it tries again");
    assert!(left > seconds(8) && left <= seconds(10));
}

#[test]
fn calls_without_an_outcome_count_as_the_settings_say() {
    let _alone = alone();
    let breaker = built("unreturned");
    let failures = || breaker.metrics().failures();
    let give_up = || drop(breaker.acquire().expect("closed"));
    let panic = || {
        let call = breaker.acquire().expect("closed");
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _call = call;
            std::panic::resume_unwind(Box::new(()));
        }))
        .expect_err("it panics");
    };
    for (on_cancel, on_panic, expected) in [
        ("ignore", "failure", 1),
        ("failure", "ignore", 1),
        ("failure", "failure", 2),
        ("ignore", "ignore", 0),
    ] {
        apply(json!({ "unreturned": { "on_cancel": on_cancel, "on_panic": on_panic } }));
        breaker.reset();
        give_up();
        panic();
        assert_eq!(failures(), expected, "{on_cancel}, {on_panic}");
    }
}

#[test]
fn are_those_of_the_program_where_they_are_silent() {
    let _alone = alone();
    let breaker = built("restored");
    apply(json!({ "restored": { "trip": "failure_streak(3)", "count_calls": false } }));
    assert_eq!(rule(&breaker), "failure_streak(3)");
    let applied = apply(json!({ "restored": { "max_half_open_calls": 3 } }));
    assert_eq!(
        (applied.changed, rule(&breaker).as_str()),
        (vec!["restored".to_owned()], "min(10) & failure_rate(0.5)")
    );
    apply(json!({ "restored": { "trip": "failure_streak(3)" } }));
    assert_eq!(apply(json!({})).changed, ["restored"]);
    assert_eq!(rule(&breaker), "min(10) & failure_rate(0.5)");
    // Changes made elsewhere, and in no settings, stay.
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(7))).expect("right");
    apply(json!({ "other": { "trip": "failure_streak(3)" } }));
    assert_eq!(rule(&breaker), "failure_streak(7)");
}

/// Regression: they were lost as soon as settings mentioned another one of the same breaker.
#[test]
fn changes_by_the_program_outlast_files_that_do_not_mention_them() {
    let _alone = alone();
    let breaker = built("changed by hand");
    let has = |what: &str| breaker.settings().to_string().contains(what);
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(7)).max_half_open_calls(3)).expect("right");
    assert_eq!(apply(json!({ "changed by hand": { "half_open_timeout": "90s" } })).changed.len(), 1);
    assert!(has("failure_streak(7)") && has("max_half_open_calls = 3") && has("half_open_timeout = 90s"));
    apply(json!({ "changed by hand": { "trip": "failure_streak(3)" } }));
    assert!(has("failure_streak(3)") && has("max_half_open_calls = 3") && !has("half_open_timeout = 90s"));
    // What is changed last is in force, and the program's own afterwards.
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(4))).expect("right");
    assert!(has("failure_streak(4)"));
    apply(json!({ "changed by hand": { "trip": "failure_streak(3)" } }));
    assert!(has("failure_streak(3)"));
    // The same is true if it happens to be what the settings say.
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(3))).expect("right");
    assert!(apply(json!({})).changed.is_empty());
    assert!(has("failure_streak(3)") && has("max_half_open_calls = 3"));
    // What only the settings say does not become the program's own with it.
    apply(json!({ "changed by hand": { "half_open_timeout": "90s" } }));
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(5))).expect("right");
    assert!(has("failure_streak(5)") && has("half_open_timeout = 90s"));
    assert_eq!(apply(json!({})).changed.len(), 1);
    assert!(has("failure_streak(5)") && has("max_half_open_calls = 3") && !has("half_open_timeout = 90s"));
}

#[test]
fn settings_can_be_withdrawn_even_if_the_program_relied_on_them() {
    let _alone = alone();
    let breaker = built("relying");
    apply(json!({ "relying": { "window": "count(1000)", "max_half_open_calls": 3 } }));
    let large = trip::min(500) & trip::failure_rate(0.5);
    breaker.reconfigure(&Changes::new().trip(large)).expect("right, in that window");
    for _ in 0..2 {
        apply(json!({}));
        let settings = breaker.settings().to_string();
        assert!(settings.contains("count(1000)") && settings.contains("min(500)"), "{settings}");
    }
    apply(json!({ "relying": { "max_half_open_calls": 5 } }));
    assert!(breaker.settings().to_string().contains("max_half_open_calls = 5"), "it fits them");
    breaker.reconfigure(&Changes::new().window(window::count(600))).expect("right");
    apply(json!({ "relying": { "max_half_open_calls": 4 } }));
    assert!(breaker.settings().to_string().contains("count(600)"));
}

#[cfg(feature = "keyed")]
#[test]
fn changes_of_a_family_outlast_files_for_all_of_its_keys() {
    let _alone = alone();
    let hosts: fluxgate::Keyed<String> =
        CircuitBreaker::builder("given").trip(trip::failure_streak(9)).keyed().build().expect("valid");
    let key = |key: &str| {
        drop(hosts.get(key).acquire());
        hosts.get(key).settings().to_string()
    };
    key("early");
    hosts.reconfigure(&Changes::new().max_half_open_calls(3)).expect("right");
    apply(json!({ "given": { "trip": "failure_streak(2)" } }));
    assert_eq!(key("early"), key("late"));
    assert!(key("early").contains("max_half_open_calls = 3"), "{}", key("early"));
    apply(json!({}));
}

#[test]
fn a_pattern_applies_to_all_matching_names_and_the_most_specific_wins() {
    let _alone = alone();
    let breakers = ["shop::pay", "shop::stock", "mail"].map(built);
    let applied = apply(json!({
        "*": { "trip": "failure_streak(9)", "retry": "cooldown(9s)" },
        "shop::*": { "trip": "failure_streak(5)" },
        "shop::pay": { "trip": "failure_streak(2)" },
        "shop::payy": { "trip": "failure_streak(2)" },
    }));
    assert_eq!(
        breakers.each_ref().map(rule),
        ["failure_streak(2)", "failure_streak(5)", "failure_streak(9)"]
    );
    assert_eq!(applied.unmatched, ["shop::payy"]);
    breakers[0].trip();
    assert!(breakers[0].snapshot().retry_after.expect("a pause") <= seconds(9), "each setting by itself");
}

#[derive(Debug)]
struct Refused;

impl From<fluxgate::CallNotPermitted> for Refused {
    fn from(_: fluxgate::CallNotPermitted) -> Self {
        Self
    }
}

#[circuit_breaker(name = "remembered: annotated", trip = failure_streak(5), handle = ANNOTATED)]
fn annotated() -> Result<(), Refused> {
    Err(Refused)
}

#[test]
fn are_remembered_for_breakers_not_yet_used() {
    static UNUSED: CircuitBreaker = breaker!(name = "remembered: static", trip = failure_streak(5));

    let _alone = alone();
    let applied = apply(json!({ "remembered: *": { "trip": "failure_streak(2)" } }));
    assert_eq!(applied.unmatched, ["remembered: *"]);
    let built = CircuitBreaker::builder("remembered: built").build().expect("valid");
    for breaker in [&UNUSED, &built, &ANNOTATED] {
        if breaker.name() == "remembered: annotated" {
            (0..2).for_each(|_| drop(annotated()));
        } else {
            (0..2).for_each(|_| drop(breaker.call(|| Err::<(), _>(()))));
        }
        assert_eq!((breaker.state(), rule(breaker).as_str()), (State::Open, "failure_streak(2)"));
    }
    assert_eq!(settings::unfit(), []);
}

/// What is set from outside must not decide whether a test passes.
#[test]
fn doubles_of_an_isolated_test_keep_those_of_the_program() {
    static ISOLATED: CircuitBreaker = breaker!(name = "isolated: static", trip = failure_streak(5));

    let _alone = alone();
    apply(json!({ "isolated: *": { "trip": "failure_streak(2)" } }));
    let isolation = fluxgate::testing::isolate();
    drop(ISOLATED.acquire());
    assert_eq!(rule(&ISOLATED), "failure_streak(5)");
    apply(json!({ "isolated: *": { "trip": "failure_streak(3)" } }));
    assert_eq!(rule(&ISOLATED), "failure_streak(5)", "nor those that are applied meanwhile");
    drop(isolation);
    drop(ISOLATED.acquire());
    assert_eq!(rule(&ISOLATED), "failure_streak(3)");
    apply(json!({}));
}

#[test]
fn a_later_breaker_that_settings_do_not_fit_keeps_its_own() {
    let _alone = alone();
    apply(json!({ "late: *": { "window": "count(5)" } }));
    let breaker = built("late: one");
    assert_eq!(rule(&breaker), "min(10) & failure_rate(0.5)");
    let unfit = settings::unfit();
    let [(name, error)] = &unfit[..] else { panic!("{unfit:?}") };
    assert_eq!((name.as_str(), error.problems()[0].setting()), ("late: one", "trip"));
    apply(json!({}));
    assert_eq!(settings::unfit(), []);
}

/// Regression: one key that came and went took all places of the list.
#[cfg(feature = "keyed")]
#[test]
fn a_key_that_settings_do_not_fit_is_listed_once_however_often_it_comes() {
    let _alone = alone();
    apply(json!({ "unfit keys*": { "window": "count(5)" } }));
    let rule = trip::min(10) & trip::failure_rate(0.5);
    let keys = CircuitBreaker::builder("unfit keys").trip(rule).keyed::<u32>().build().expect("valid");
    for key in [1, 1, 1, 2] {
        let _ = keys.get(&key).call(|| Ok::<_, ()>(()));
        keys.remove(&key);
    }
    let names: Vec<_> = settings::unfit().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["unfit keys{1}", "unfit keys{2}"]);
    apply(json!({}));
}

#[test]
fn applied_by_two_threads_end_as_one_of_the_two() {
    let _alone = alone();
    let breakers: Vec<_> = (0..20).map(|nth| built(["two: a", "two: b"][nth % 2])).collect();
    together(2, |nth| {
        for _ in 0..20 {
            apply(json!({ "two: *": { "trip": format!("failure_streak({})", nth + 2) } }));
        }
    });
    let rules: std::collections::BTreeSet<_> = breakers.iter().map(rule).collect();
    assert_eq!(rules.len(), 1, "{rules:?}");
}

#[cfg(feature = "keyed")]
#[test]
fn settings_of_a_family_apply_to_all_its_present_and_future_breakers() {
    let _alone = alone();
    let hosts: fluxgate::Keyed<String> =
        CircuitBreaker::builder("keys").trip(trip::failure_streak(9)).keyed().build().expect("valid");
    drop(hosts.get("a").acquire());
    let rules = |breakers: [&str; 3]| {
        breakers.map(|key| {
            drop(hosts.get(key).acquire());
            rule(&hosts.get(key))
        })
    };
    let applied =
        apply(json!({ "keys": { "trip": "failure_streak(2)" }, "keys{c}": { "trip": "failure_streak(3)" } }));
    assert_eq!(applied.changed, ["keys{a}"]);
    assert_eq!(applied.unmatched, ["keys{c}"]);
    assert_eq!(rules(["a", "b", "c"]), ["failure_streak(2)", "failure_streak(2)", "failure_streak(3)"]);
    apply(json!({ "keys{*}": { "trip": "failure_streak(4)" } }));
    assert_eq!(rules(["a", "c", "d"]), ["failure_streak(4)"; 3]);
    apply(json!({}));
    assert_eq!(rules(["a", "c", "d"]), ["failure_streak(9)"; 3]);
    // A name that only looks like a key's belongs to no family.
    let alone = CircuitBreaker::builder("keys{e}").build().expect("valid");
    assert_eq!(apply(json!({ "keys": { "trip": "failure_streak(2)" } })).changed.len(), 4);
    assert_ne!(rule(&alone), "failure_streak(2)");
    apply(json!({}));
}

/// Regression: settings for the whole family took precedence over those for some of its keys, if these were matched by a pattern.
#[cfg(feature = "keyed")]
#[test]
fn a_pattern_of_keys_is_more_specific_than_the_name_of_their_family() {
    let _alone = alone();
    let hosts: fluxgate::Keyed<String> =
        CircuitBreaker::builder("nested").trip(trip::failure_streak(9)).keyed().build().expect("valid");
    let rules = || {
        ["a.org", "b.org", "a.com"].map(|key| {
            drop(hosts.get(key).acquire());
            rule(&hosts.get(key))
        })
    };
    apply(json!({
        "nested{b.org}": { "trip": "failure_streak(2)" },
        "nested{*.org}": { "trip": "failure_streak(3)" },
        "nested": { "trip": "failure_streak(4)" },
        "nest*": { "trip": "failure_streak(5)" },
    }));
    assert_eq!(rules(), ["failure_streak(3)", "failure_streak(2)", "failure_streak(4)"]);
    apply(json!({}));
}

/// Regression: a key that came while its family had settings from outside kept them forever, if the family's own breaker was in use.
#[cfg(feature = "keyed")]
#[test]
fn keys_made_while_settings_are_applied_lose_them_when_they_are_withdrawn() {
    let _alone = alone();
    let hosts: fluxgate::Keyed<String> =
        CircuitBreaker::builder("meanwhile").trip(trip::failure_streak(9)).keyed().build().expect("valid");
    hosts.reset();
    hosts.reconfigure(&Changes::new().max_half_open_calls(3)).expect("right");
    let (hands, outside) = ("max_half_open_calls = 3", "trip = failure_streak(2)");
    let has = |key: &str, what: &str| {
        drop(hosts.get(key).acquire());
        hosts.get(key).settings().to_string().contains(what)
    };
    let applied = apply(json!({ "meanwhile": { "trip": "failure_streak(2)" } }));
    assert_eq!(applied.changed, ["meanwhile"]);
    assert!(has("a", outside) && has("a", hands));
    // A change meanwhile makes none of what comes from outside the program's own.
    hosts.reconfigure(&Changes::new().window(window::count(50))).expect("right");
    let withdrawn = apply(json!({}));
    assert_eq!(withdrawn.changed.len(), 2, "{withdrawn:?}");
    for key in ["a", "b"] {
        assert!(has(key, "trip = failure_streak(9)") && has(key, hands), "{key}");
        assert!(has(key, "window = count(50)"), "{key}");
    }
}

/// Regression: a breaker that somebody got from the registry while it was about to be evicted was missing there for a moment. Settings that
/// were applied just then passed it by.
#[cfg(feature = "keyed")]
#[test]
fn settings_reach_breakers_that_are_nearly_evicted() {
    let _alone = alone();
    let hosts: fluxgate::Keyed<usize> =
        CircuitBreaker::builder("nearly").keyed().max_keys(4).build().expect("valid");
    let rounds = 200;
    let done = AtomicBool::new(false);
    together(5, |thread| match thread {
        0 => {
            for round in 0..rounds {
                let expected = format!("failure_streak({})", 2 + round % 2);
                apply(json!({ "nearly": { "trip": expected } }));
                for (key, breaker) in hosts.iter() {
                    drop(breaker.acquire());
                    // Another thread may be putting it into use.
                    let is_reached = (0..10_000).any(|_| {
                        std::thread::yield_now();
                        rule(&breaker) == expected
                    });
                    if !is_reached {
                        done.store(true, Ordering::Relaxed);
                        panic!("{key} has {}, and not {expected}", rule(&breaker));
                    }
                }
            }
            done.store(true, Ordering::Relaxed);
        }
        1 | 2 => {
            for nth in (thread..).step_by(7).take_while(|_| !done.load(Ordering::Relaxed)) {
                drop(hosts.get(&(nth % 9)).acquire());
            }
        }
        _ => {
            while !done.load(Ordering::Relaxed) {
                fluxgate::breakers().for_each(|breaker| _ = breaker.state());
            }
        }
    });
}
