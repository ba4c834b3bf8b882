//! The breaker and a naive model of it agree after every step of arbitrary sequences.

use std::collections::HashMap;
use std::time::Duration;

use fluxgate::{Outcome, State};
use fluxgate_tests::fixture::millis;
use fluxgate_tests::reference::{Permit, Predicate, Retry, Rule, Settings, Why, Window};
use fluxgate_tests::sequence::{Step, agree};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A condition that healthy traffic does not fulfil, whether or not there were any calls.
fn evidence(size: u32) -> impl Strategy<Value = Rule> {
    prop_oneof![
        4 => select(vec![100, 200, 333, 500, 750, 1_000]).prop_map(Rule::FailureRate),
        2 => (1..=size.min(5)).prop_map(Rule::Failures),
        2 => (1..6_u32).prop_map(Rule::FailureStreak),
        3 => (select(vec![100, 300, 500, 1_000]), select(vec![10, 20, 50]))
            .prop_map(|(share, threshold)| Rule::SlowRate(share, millis(threshold))),
        2 => select(vec![5, 20, 33]).prop_map(|mean| Rule::AvgLatency(millis(mean))),
        1 => select(vec![Predicate::TwoFailures, Predicate::ThirdCall, Predicate::Slow]).prop_map(Rule::Custom),
    ]
}

/// A group that stands for itself: guarded by `min`, so that it is neither healthy traffic nor a first call that trips.
fn guarded(size: u32) -> impl Strategy<Value = Rule> {
    let deeper = prop_oneof![
        3 => evidence(size).prop_map(|evidence| vec![evidence]),
        1 => vec(evidence(size), 2..4).prop_map(|members| vec![any(members)]),
        1 => vec(evidence(size), 2..3),
    ];
    (1..=size.min(12), deeper).prop_map(|(least, evidence)| all([vec![Rule::Min(least)], evidence].concat()))
}

/// `|`, without saying anything twice, which the checker refuses.
fn any(members: Vec<Rule>) -> Rule {
    group(members, Rule::Any)
}

/// `&`, without saying anything twice.
fn all(members: Vec<Rule>) -> Rule {
    group(members, Rule::All)
}

fn group(members: Vec<Rule>, join: fn(Vec<Rule>) -> Rule) -> Rule {
    let mut distinct: Vec<Rule> = Vec::new();
    for member in members {
        if !distinct.contains(&member) {
            distinct.push(member);
        }
    }
    if distinct.len() == 1 { distinct.remove(0) } else { join(distinct) }
}

/// Rules that trip closed breakers and end trials.
fn rule(size: u32) -> impl Strategy<Value = Rule> {
    let in_state = |state: Rule, rule: Rule| match rule {
        Rule::All(members) => all([vec![state], members].concat()),
        rule => all(vec![state, rule]),
    };
    prop_oneof![
        3 => guarded(size),
        2 => (guarded(size), guarded(size)).prop_map(|(a, b)| any(vec![a, b])),
        1 => (1..6_u32).prop_map(Rule::FailureStreak),
        1 => (1..=size.min(5)).prop_map(Rule::Failures),
        2 => (guarded(size), (1..5_u32).prop_map(Rule::FailureStreak)).prop_map(|(a, b)| any(vec![a, b])),
        3 => (guarded(size), guarded(15)).prop_map(move |(closed, trial)| {
            any(vec![in_state(Rule::Closed, closed), in_state(Rule::HalfOpen, trial)])
        }),
    ]
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        3 => select(vec![1, 2, 3, 5, 10, 20, 63, 64, 65]).prop_map(Window::Count),
        2 => (select(vec![100, 500, 1_000, 5_000]), select(vec![1, 2, 5, 10]))
            .prop_map(|(length, buckets)| Window::Time(millis(length), buckets)),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let retry = prop_oneof![
        3 => select(vec![1, 100, 1_000, 7_000]).prop_map(|delay| Retry::Cooldown(millis(delay))),
        3 => (select(vec![1, 100, 1_000]), 1..4_u32, select(vec![1_000, 5_000, 100_000]))
            .prop_map(|(initial, multiplier, max)| Retry::Backoff(millis(initial), multiplier, millis(max))),
        1 => Just(Retry::Always),
        1 => Just(Retry::Never),
    ];
    let permit = prop_oneof![
        2 => Just(Permit::All),
        3 => select(vec![1, 500, 2_000, 10_000]).prop_map(|length| Permit::Ramp(millis(length))),
        1 => Just(Permit::Patient),
    ];
    let timeout = option::weighted(0.3, select(vec![1, 300, 2_000, 30_000]).prop_map(millis));
    let drop = || select(vec![Outcome::Failure, Outcome::Ignored]);
    (window(), retry, permit, 1..6_u32, timeout, drop(), drop()).prop_flat_map(
        |(window, retry, permit, slots, half_open_timeout, on_panic, on_cancel)| {
            let size = match window {
                Window::Count(size) => size as u32,
                Window::Time(..) => 20,
            };
            rule(size).prop_map(move |rule| Settings {
                window,
                rule,
                retry,
                permit,
                slots,
                half_open_timeout,
                on_panic,
                on_cancel,
            })
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let outcome =
        || prop_oneof![4 => Just(Outcome::Success), 5 => Just(Outcome::Failure), 1 => Just(Outcome::Ignored)];
    let took = || prop_oneof![3 => Just(Duration::ZERO), 2 => select(vec![1, 9, 10, 20, 49, 50, 100, 1_000]).prop_map(millis)];
    let passes = select(vec![1, 10, 50, 99, 100, 500, 700, 999, 1_000, 2_000, 5_000, 7_000, 60_000]);
    prop_oneof![
        30 => (outcome(), took()).prop_map(|(outcome, took)| Step::Call(outcome, took)),
        10 => passes.prop_map(|passed| Step::Advance(millis(passed))),
        7 => Just(Step::Begin),
        5 => ((0..100_usize), outcome()).prop_map(|(which, outcome)| Step::End(which, outcome)),
        2 => (0..100_usize).prop_map(Step::Cancel),
        1 => Just(Step::Panic),
        1 => Just(Step::Reset),
        1 => Just(Step::MetricsOnly),
        1 => select(vec![Step::ForceOpen, Step::Disable]),
        6 => Just(Step::Read),
    ]
}

/// Steps in which a breaker gets through many incidents: stretches of the same outcome, and waits.
fn stretches() -> impl Strategy<Value = Vec<Step>> {
    let stretch = prop_oneof![
        3 => (1..15_usize, select(vec![Outcome::Success, Outcome::Failure]), select(vec![0, 1, 30, 100]))
            .prop_map(|(times, outcome, took)| vec![Step::Call(outcome, millis(took)); times]),
        3 => vec(step(), 1..6),
        2 => select(vec![100, 700, 1_000, 7_000, 10_000, 100_000])
            .prop_map(|passed| vec![Step::Advance(millis(passed))]),
        1 => Just(vec![Step::Read]),
    ];
    vec(stretch, 1..16).prop_map(|stretches| stretches.concat())
}

/// 10,000 sequences of each kind, unless `PROPTEST_CASES` says otherwise.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let asked_for = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if asked_for { config.cases } else { 10_000 }, ..config }
}

/// Sequences in which nothing happens would agree about nothing.
#[test]
fn sequences_bring_about_every_transition() {
    let mut runner = TestRunner::deterministic();
    let mut counts: HashMap<(State, State, Why), u32> = HashMap::new();
    for _ in 0..1_000 {
        let (settings, steps) =
            (settings(), stretches()).new_tree(&mut runner).expect("it is made").current();
        for event in agree(&settings, &steps) {
            *counts.entry((event.from, event.to, event.why)).or_default() += 1;
        }
    }
    for (from, to, why) in [
        (State::Closed, State::Open, Why::Tripped),
        (State::Open, State::HalfOpen, Why::RetryDue),
        (State::HalfOpen, State::Open, Why::Tripped),
        (State::HalfOpen, State::Open, Why::HalfOpenTimeout),
        (State::HalfOpen, State::Closed, Why::TrialPassed),
        (State::HalfOpen, State::Closed, Why::RampEnded),
        (State::MetricsOnly, State::MetricsOnly, Why::Tripped),
        (State::Open, State::Closed, Why::Reset),
        (State::HalfOpen, State::Closed, Why::Reset),
        (State::HalfOpen, State::MetricsOnly, Why::MetricsOnly),
    ] {
        let count = counts.get(&(from, to, why)).copied().unwrap_or_default();
        assert!(count >= 10, "{from} -> {to} ({why:?}) only {count} times, of {counts:?}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn agree_on_arbitrary_steps(settings in settings(), steps in vec(step(), 1..80)) {
        agree(&settings, &steps);
    }

    #[test]
    fn agree_on_stretches(settings in settings(), steps in stretches()) {
        agree(&settings, &steps);
    }
}
