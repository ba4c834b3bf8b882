//! Written settings read like hand-built ones, and hand-built settings are refused if their written form is.
#![allow(missing_docs)]

use std::str::FromStr;
use std::time::Duration;

use fluxgate_rules::lexer::lex;
use fluxgate_rules::limits::MAX_NODES;
use fluxgate_rules::read;
use fluxgate_rules::syntax::{WrittenCall, WrittenRule};
use fluxgate_rules::{Condition, ConfigProblem, Permit, Ratio, Retry, Rule, Window, by_hand};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Asserts that there is exactly one problem, with this message.
fn assert_message(problems: &[ConfigProblem], message: &str) {
    let [problem] = problems else { panic!("{problems:?}") };
    assert!(problem.to_string().contains(message), "{problem}");
}

fn window(text: &str) -> WrittenCall {
    read::window(&lex(text).tokens).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn retry(text: &str) -> WrittenCall {
    read::retry(&lex(text).tokens).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn permit(text: &str) -> WrittenCall {
    read::permit(&lex(text).tokens).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn rule(text: &str) -> WrittenRule {
    let read = read::rule(&lex(text).tokens, &Window::count(100));
    read.unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

#[test]
fn windows() {
    for (text, made) in [
        ("count(7)", Window::count(7)),
        ("time(1m)", Window::time(MINUTE)),
        ("time(60s, buckets = 6)", Window::time(MINUTE).buckets(6)),
    ] {
        let read = window(text);
        assert_eq!((read.window(), read.is_constant()), (Some(made), false), "{text}");
        assert!(read.retry().is_none() && read.permit().is_none() && read.condition().is_none());
        assert_eq!(by_hand::window(&made), []);
    }
    for text in ["count(SIZE)", "time(LONG)", "time(60s, buckets = 2 * N)"] {
        assert_eq!((window(text).window(), window(text).is_constant()), (None, true), "{text}");
    }
    for (wrong, message) in [
        (Window::count(0), "`0` is out of range"),
        (Window::time(SECOND).buckets(1_001), "`1001` is out of range"),
        (Window::time(Duration::from_nanos(10)), "are too short"),
    ] {
        assert_message(&by_hand::window(&wrong), message);
    }
}

#[test]
fn retries() {
    for (text, made) in [
        ("always", Retry::always()),
        ("never", Retry::never()),
        ("cooldown(1m, jitter = 10%)", Retry::cooldown(MINUTE).jitter(0.1)),
        ("backoff(1s)", Retry::backoff(SECOND)),
        (
            "backoff(1s, jitter = 0.5, max = 1m, multiplier = 3)",
            Retry::backoff(SECOND).multiplier(3.0).max(MINUTE).jitter(0.5),
        ),
    ] {
        let read = retry(text);
        assert_eq!((read.retry(), read.is_constant()), (Some(made), false), "{text}");
        assert_eq!(by_hand::retry(&made), []);
    }
    for text in ["cooldown(LONG)", "cooldown(1m, jitter = SHARE)", "backoff(1s, max = LONG)", "backoff(LONG)"]
    {
        assert_eq!((retry(text).retry(), retry(text).is_constant()), (None, true), "{text}");
    }
    // The path of a function is not a constant.
    assert_eq!((retry("custom(a::b)").retry(), retry("custom(a::b)").is_constant()), (None, false));
    for (wrong, message) in [
        (Retry::cooldown(Duration::ZERO), "`0s` is out of range"),
        (Retry::backoff(MINUTE).max(SECOND), "`max = 1s` is shorter than the first delay, 1m"),
        (Retry::cooldown(MINUTE).multiplier(2.0), "`multiplier`"),
    ] {
        assert_message(&by_hand::retry(&wrong), message);
    }
}

#[test]
fn permits() {
    for (text, made) in [
        ("all", Permit::all()),
        ("random(50%)", Permit::random(0.5)),
        ("ramp_up(0.1, 1.0, 60s)", Permit::ramp_up(0.1, 1.0, MINUTE)),
    ] {
        let read = permit(text);
        assert_eq!((read.permit(), read.is_constant()), (Some(made), false), "{text}");
        assert_eq!(by_hand::permit(&made), []);
    }
    for text in ["random(SHARE)", "ramp_up(0.1, MOST, 60s)"] {
        assert_eq!((permit(text).permit(), permit(text).is_constant()), (None, true), "{text}");
    }
    assert_message(&by_hand::permit(&Permit::ramp_up(0.6, 0.5, MINUTE)), "this ramp falls, from 0.6 to 0.5");
}

#[test]
fn rules() {
    let on = Rule::from_condition;
    let rate = on(Condition::FailureRate(Ratio::new(0.5)));
    let slow = on(Condition::SlowRate(Ratio::new(0.5), SECOND)) | on(Condition::AvgLatency(MINUTE));
    for (text, made) in [
        ("min(10) & failure_rate(50%)", on(Condition::Min(10)) & rate.clone()),
        ("failures(3) | failure_streak(2)", on(Condition::Failures(3)) | on(Condition::FailureStreak(2))),
        ("min(10) & (slow_rate(0.5, 1s) | avg_latency(60s))", on(Condition::Min(10)) & slow),
        (
            "closed & failures(3) | half_open & failures(1)",
            on(Condition::Closed) & on(Condition::Failures(3))
                | on(Condition::HalfOpen) & on(Condition::Failures(1)),
        ),
    ] {
        let read = rule(text);
        assert_eq!((read.nodes().as_deref(), read.is_constant()), (Some(made.nodes()), false), "{text}");
        assert_eq!(read.spell(&lex(text).tokens), made.to_string());
        assert_eq!(Rule::from_str(text).as_ref(), Ok(&made));
        assert_eq!(by_hand::rule(&made, &Window::count(100)), []);
    }
    assert_message(&by_hand::rule(&rate, &Window::count(100)), "is not guarded by `min`");
}

#[test]
fn a_rule_with_constants_is_left_as_it_is() {
    let text = "min( 2*CALLS ) & failure_rate(50%)";
    let read = rule(text);
    assert_eq!((read.nodes(), read.is_constant()), (None, true));
    assert_eq!(read.spell(&lex(text).tokens), "min(2 * CALLS) & failure_rate(0.5)");

    let text = "custom( a::b ) & min(2)";
    let read = rule(text);
    assert!(read.nodes().is_some() && !read.is_constant());
    assert_eq!(read.spell(&lex(text).tokens), "custom(a::b) & min(2)");
    let said = Rule::from_str(text).expect_err("there is no function").to_string();
    assert!(said.contains("has neither constants nor functions"), "{said}");
}

#[test]
fn other_expressions_are_left_to_the_compiler() {
    for text in ["min(A B) & failures(1)", "min(10 + N) & failures(1)", "min(f(1)) & failures(1)"] {
        assert!(rule(text).is_constant(), "{text}");
    }
}

#[test]
fn the_length_of_a_rule_is_limited() {
    let failures = |count| Rule::from_condition(Condition::Failures(count));
    let alternatives = |members: u32| (1..=members).map(failures).reduce(|one, two| one | two).expect("some");
    let (most, more) = (alternatives(MAX_NODES as u32 - 1), alternatives(MAX_NODES as u32));
    let window = Window::count(100);
    assert_eq!(by_hand::rule(&most, &window), []);
    assert_eq!(by_hand::rule(&more, &window).len(), 1);
    assert_eq!(Rule::from_str(&most.to_string()), Ok(most));
    assert_eq!(more.to_string(), "a rule of 65 conditions and groups");

    let padded = |length: usize| format!("{:length$}", "failures(1)");
    assert_eq!(Rule::from_str(&padded(16_384)), Ok(failures(1)));
    let said = Rule::from_str(&padded(16_385)).expect_err("it is too long").to_string();
    assert_eq!(said, "the rule is too long: 16385 bytes, of which 16384 are allowed");
}

#[test]
fn limits_by_hand_name_their_setting() {
    assert_eq!(by_hand::max_half_open_calls(1), []);
    assert_eq!(by_hand::half_open_timeout(SECOND, &[]), []);
    for (said, setting) in [
        (by_hand::max_half_open_calls(0), "`max_half_open_calls`: "),
        (by_hand::half_open_timeout(Duration::ZERO, &[]), "`half_open_timeout`: "),
    ] {
        assert_message(&said, setting);
    }
}

#[test]
fn parentheses_balance_or_are_reported() {
    let balance = |text: &str| read::balance(&lex(text).tokens);
    assert!(balance("a(b[c]) & (d)").is_ok());
    for wrong in ["a(b", "a)", "a(b]"] {
        assert!(balance(wrong).is_err(), "{wrong}");
    }
}
