//! What is said about settings that are wrong, or do not fit a breaker.

use fluxgate::settings::{Settings, SettingsProblem};
#[cfg(feature = "tokio")]
use fluxgate::{Changes, circuit_breaker, trip};
use fluxgate_rules::argument_names::NAMES;
#[cfg(feature = "tokio")]
use fluxgate_tests::fixture::seconds;
use serde_json::json;

use crate::{alone, apply, built, read, rule, wrong};

#[test]
fn wrong_settings_change_nothing_and_all_errors_are_reported_together() {
    let _alone = alone();
    let breaker = built("wrongly set");
    let error = wrong(json!({
        "wrongly set": { "retry": "cooldown(60)", "tirp": "min(1)", "track": "all", "on_panic": "panic" },
        "*": { "count_calls": "yes", "trip": "failure_streak(3)", "colour": "red" },
        "unused": { "max_half_open_calls": 0, "half_open_timeout": "1us" },
    }));
    let keys: Vec<_> = error.problems().iter().map(SettingsProblem::key).collect();
    assert_eq!(
        keys,
        [
            "*.colour",
            "*.count_calls",
            "unused.half_open_timeout",
            "unused.max_half_open_calls",
            "wrongly set.on_panic",
            "wrongly set.retry",
            "wrongly set.tirp",
            "wrongly set.track",
        ]
    );
    let text = error.to_string();
    for said in [
        "wrongly set.retry: `60` has no unit",
        "help: write `60s`",
        "wrongly set.tirp: unknown setting `tirp`; did you mean `trip`?",
        "`track` is compiled into the program, so it cannot be changed from outside",
        "*.count_calls: `count_calls` is `true` or `false`",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert_eq!(rule(&breaker), "min(10) & failure_rate(0.5)");
}

/// Regression: a typo anywhere hid every contradiction, and one contradiction those with breakers in use.
#[test]
fn the_mistakes_of_one_breaker_hide_none_of_others() {
    let _alone = alone();
    let _breakers = ["hidden small", "hidden both", "hidden general"].map(built);
    let error = wrong(json!({
        "hidden typo": { "retry": "cooldown(60)" },
        "hidden contradiction": { "window": "count(10)", "trip": "min(20) & failure_rate(50%)" },
        "hidden sm*": { "window": "count(5)" },
        // These settings may fit the misspelt one, so they are not judged before it is right.
        "hidden bo*": { "tirp": "min(5) & failure_rate(50%)" },
        "hidden both": { "window": "count(5)" },
        "hidden gen*": { "window": "count(5)", "trip": "min(9) & failure_rate(50%)" },
        "hidden general": { "trip": "failure_streak(3)" },
    }));
    let problems: Vec<_> =
        error.problems().iter().map(|problem| (problem.key(), problem.breaker())).collect();
    let expected = [
        ("hidden bo*.tirp", None),
        ("hidden typo.retry", None),
        ("hidden gen*.trip", None),
        ("hidden contradiction.trip", None),
        ("hidden sm*", Some("hidden small")),
    ];
    assert_eq!(problems, expected, "{error}");
}

#[test]
fn numbers_that_are_out_of_range_are_read_as_they_are_written() {
    let _alone = alone();
    let said = |value| wrong(json!({ "any": { "max_half_open_calls": value } })).to_string();
    for (value, expected) in [
        (json!(-3), "any.max_half_open_calls: `-3` is out of range: a number of calls is from 1"),
        (json!(2.5), "any.max_half_open_calls: `2.5` is not a whole number"),
        (json!(0), "any.max_half_open_calls: `0` is out of range: a number of calls is from 1"),
    ] {
        let said = said(value);
        assert!(said.contains(expected), "{said}");
    }
}

/// Regression: `timeout`, and others, were called unknown.
#[test]
fn no_argument_of_the_attribute_is_unknown() {
    let _alone = alone();
    for name in &NAMES {
        let error = wrong(json!({ "any": { name.text: "" } })).to_string();
        assert!(!error.contains("unknown setting"), "{error}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_an_error_though_no_breaker_has_the_name() {
    let _alone = alone();
    let error = wrong(json!({
        "unborn": { "window": "count(10)", "trip": "min(20) & failure_rate(50%)" },
        "unborn*": { "half_open_timeout": "1s", "trip": "min(5) & slow_rate(50%, 2s)" },
    }));
    let problems = error.problems().iter().map(|problem| (problem.key(), problem.breaker()));
    let expected = [("unborn*.half_open_timeout", None), ("unborn.trip", None)];
    assert_eq!(problems.collect::<Vec<_>>(), expected, "{error}");
    // Regression: the name of the setting came twice.
    assert!(error.to_string().starts_with("unborn*.half_open_timeout: `1s` is not longer"), "{error}");
}

#[test]
fn settings_of_other_libraries_are_corrected_by_their_meaning() {
    let _alone = alone();
    let error = wrong(json!({ "any": {
        "failureRateThreshold": 50,
        "minimumNumberOfCalls": 20,
        "retry": "cooldown(5s)",
        "slidingWindowSize": 60,
        "slidingWindowType": "TIME_BASED",
    } }));
    assert_eq!(
        error.to_string(),
        "any.failureRateThreshold: `failureRateThreshold`, `minimumNumberOfCalls`, `slidingWindowSize` and `slidingWindowType` are \
         settings of Resilience4j and tower-resilience\nhelp: write `trip = \"min(20) & failure_rate(50%)\"` and `window = \"time(60s)\"`"
    );
    for (name, value, said) in [
        ("failure_threshold", "5", "write `trip = \"failure_streak(5)\"`"),
        ("wait-duration-in-open-state", "30s", "write `retry = \"cooldown(30s)\"`"),
        // It only looks like `half_open_timeout`.
        ("half_open", "3", "help: write `max_half_open_calls = 3`"),
        ("enabled", "false", "`breaker.disable()`"),
        ("fallbackMethod", "cached", "unknown setting `fallbackMethod`\nhelp: expected one of `window`"),
    ] {
        let error = wrong(json!({ "any": { name: value } })).to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn an_error_names_the_breaker_that_settings_do_not_fit() {
    let _alone = alone();
    let breakers = [built("small"), built("other")];
    let error = wrong(json!({ "sm*": { "window": "count(5)" }, "other": { "trip": "failure_streak(3)" } }));
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(
        (problem.key(), problem.breaker(), problem.problem().setting()),
        ("sm*", Some("small"), "trip")
    );
    assert!(error.to_string().starts_with("sm* (for `small`): "), "{error}");
    assert!(breakers.iter().all(|breaker| rule(breaker) == "min(10) & failure_rate(0.5)"), "all or nothing");
    // On its own, the same setting can fit other breakers.
    assert_eq!(
        apply(json!({ "smaller": { "trip": "min(200) & failure_rate(0.5)" } })).unmatched,
        ["smaller"]
    );
}

/// Regression: a family of thousands of keys was given as many paragraphs.
#[test]
fn a_problem_of_many_breakers_is_reported_once() {
    let _alone = alone();
    let _breakers = ["many::a", "many::b", "many::c"].map(built);
    let [_one, _other] = ["both::a", "both::b"].map(built);
    let error = wrong(json!({ "many::*": { "window": "count(5)" }, "both::*": { "window": "count(6)" } }));
    let text = error.to_string();
    assert_eq!(error.problems().len(), 2, "{text}");
    assert!(text.starts_with("both::* (for `both::a` and 1 other): "), "{text}");
    assert!(text.contains("\nmany::* (for `many::a` and 2 others): "), "{text}");
    // Each entry has its own, even if it is the same, and its breaker is not named twice.
    let alike = wrong(json!({ "many::*": { "window": "count(5)" }, "both::a": { "window": "count(5)" } }));
    let text = alike.to_string();
    assert_eq!(alike.problems().len(), 2, "{text}");
    assert!(text.starts_with("both::a: "), "{text}");
}

#[test]
fn are_strings_numbers_and_booleans_only() {
    let _alone = alone();
    let error = serde_json::from_value::<Settings>(json!({ "payments": { "trip": ["min(10)"] } }));
    let text = error.expect_err("a list").to_string();
    assert!(text.contains("a setting as a string, such as \"cooldown(60s)\""), "{text}");
    let mut made = Settings::new();
    made.set("payments", "max_half_open_calls", "3");
    assert_eq!(made, read(json!({ "payments": { "max_half_open_calls": 3 } })));
}

#[test]
fn a_misplaced_value_is_explained() {
    for (text, said) in [
        (r#"{ "trip": "failures(3)" }"#, "expected the settings of the breaker with this name"),
        (r#"["payments"]"#, "expected breakers by name, each with its settings"),
        (
            r#"{ "api": { "example": { "trip": "failures(3)" } } }"#,
            "a breaker's name with a dot in it needs quotes",
        ),
        (r#"{ "breakers": { "api": { "retry": "never" } } }"#, "a larger file is read as that part of it"),
        (r#"{ "api": { "window": { "size": 100 } } }"#, "a setting is a string, such as \"count(100)\""),
    ] {
        let error = serde_json::from_str::<Settings>(text).expect_err("misplaced").to_string();
        assert!(error.contains(said), "{error}");
    }
}

/// Regression: JSON kept the last of them, and lost the others silently.
#[test]
fn repeated_breakers_and_settings_are_an_error() {
    let _alone = alone();
    for (text, said) in [
        (r#"{ "a": { "trip": "failures(3)" }, "b": {}, "a": { "retry": "never" } }"#, "`a` appears twice"),
        (r#"{ "a": { "trip": "failures(3)", "trip": "failures(3)" } }"#, "`trip` appears twice"),
        (r#"{ "a\n": {}, "a\n": {} }"#, r"`a\n` appears twice"),
    ] {
        let error = serde_json::from_str::<Settings>(text).expect_err("repeated").to_string();
        assert!(error.starts_with(said) && error.contains("line 1"), "{error}");
    }
}

#[test]
fn hostile_keys_forge_no_log_line() {
    let _alone = alone();
    let text = wrong(json!({ "a\nb\u{1b}[31m": { "x\ny": "z" } })).to_string();
    assert!(text.starts_with("a\\nb\\u{1b}[31m.x\\ny: unknown setting `x\\ny`"), "{text}");
}

/// Regression: a breaker did not know the `timeout` of its function, so a rule from outside could wait for calls that took longer.
#[cfg(feature = "tokio")]
#[test]
fn settings_suit_the_time_limit_of_the_function() {
    const LIMIT: std::time::Duration = seconds(5);

    #[circuit_breaker(name = "limited", trip = min(10) & slow_rate(50%, 2s), timeout = 5s, handle = LIMITED)]
    async fn limited() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
    #[circuit_breaker(name = "limited by a constant", timeout = LIMIT, handle = BY_CONSTANT)]
    async fn limited_by_a_constant() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
    let _alone = alone();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(limited()).expect("it is closed");
    runtime.block_on(limited_by_a_constant()).expect("it is closed");
    for name in ["limited", "limited by a constant"] {
        let refused = |settings: serde_json::Value| wrong(json!({ name: settings })).to_string();
        let rule = refused(json!({ "trip": "min(10) & slow_rate(50%, 8s)" }));
        let what = "`slow_rate(0.5, 8s)` can never hold: `timeout` ends every call after 5s";
        assert!(rule.starts_with(&format!("{name}.trip (for `{name}`): {what}")), "{rule}");
        let hung = refused(json!({ "half_open_timeout": "5s" }));
        let what = "`half_open_timeout = 5s` is not longer than the function's `timeout = 5s`";
        assert!(hung.starts_with(&format!("{name}.half_open_timeout (for `{name}`): {what}")), "{hung}");
        let right = json!({ name: { "trip": "min(10) & slow_rate(50%, 5s)", "half_open_timeout": "6s" } });
        assert!(apply(right).changed.iter().any(|changed| changed == name));
    }
    let by_hand = Changes::new().trip(trip::min(10) & trip::avg_latency(seconds(6)));
    let error = LIMITED.reconfigure(&by_hand).expect_err("no call takes so long").to_string();
    assert!(error.contains("`avg_latency(6s)` can never hold"), "{error}");
    assert_eq!(rule(&BY_CONSTANT), "min(10) & slow_rate(0.5, 5s)");
}
