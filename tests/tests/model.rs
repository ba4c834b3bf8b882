//! The breaker and its naive model agree after every step of arbitrary sequences.

use std::collections::HashMap;
use std::time::Duration;

use fluxgate::{OnCancel, Outcome, State};
use fluxgate_rules::vocabulary::{Entry, TRIP};
use fluxgate_tests::fixture::millis;
use fluxgate_tests::reference::{Change, Mark, Permit, Predicate, Retry, Rule, Settings, Why, Window};
use fluxgate_tests::sequence::{Step, agree};
#[cfg(feature = "tokio")]
use fluxgate_tests::{sequence::agree_by, time::by_the_clock_of_the_process, waiting::Waiting};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::TestRunner;

/// A condition that healthy traffic never fulfils, with or without calls.
fn evidence(size: u32) -> BoxedStrategy<Rule> {
    prop_oneof![
        4 => select(vec![100, 200, 333, 500, 750, 1_000]).prop_map(Rule::FailureRate),
        2 => (select(vec![100, 200, 333, 500, 750]), select(vec![500, 800, 950]))
            .prop_map(|(share, sure)| Rule::SureFailureRate(share, sure)),
        2 => (1..=size.min(5)).prop_map(Rule::Failures),
        2 => (1..6_u32).prop_map(Rule::FailureStreak),
        3 => (select(vec![100, 300, 500, 1_000]), select(vec![10, 20, 50]))
            .prop_map(|(share, threshold)| Rule::SlowRate(share, millis(threshold))),
        2 => select(vec![5, 20, 33]).prop_map(|mean| Rule::AvgLatency(millis(mean))),
        2 => select(vec![1, 100, 1_000, 60_000]).prop_map(|duration| Rule::FailingFor(millis(duration))),
        1 => select(vec![Predicate::TwoFailures, Predicate::ThirdCall, Predicate::Slow]).prop_map(Rule::Custom),
    ]
    .boxed()
}

/// A group that is valid by itself: guarded by `min`, so neither healthy traffic nor a first call trips it.
fn guarded(size: u32) -> BoxedStrategy<Rule> {
    let deeper = prop_oneof![
        3 => evidence(size).prop_map(|evidence| vec![evidence]),
        1 => vec(evidence(size), 2..4).prop_map(|members| vec![any(members)]),
        1 => vec(evidence(size), 2..3),
    ];
    (1..=size.min(12), deeper)
        .prop_map(|(least, evidence)| all([vec![Rule::Min(least)], evidence].concat()))
        .boxed()
}

/// `|`, without duplicates, which the checker refuses.
fn any(members: Vec<Rule>) -> Rule {
    group(members, Rule::Any)
}

/// `&`, without duplicates.
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

/// A rule for one state alone.
fn only(state: Rule, rule: Rule) -> Rule {
    match rule {
        Rule::All(members) => all([vec![state], members].concat()),
        rule => all(vec![state, rule]),
    }
}

/// Rules that trip closed breakers and end trials.
fn rule(size: u32) -> impl Strategy<Value = Rule> {
    let streak = || (1..6_u32).prop_map(Rule::FailureStreak);
    prop_oneof![
        3 => guarded(size),
        2 => (guarded(size), guarded(size)).prop_map(|(a, b)| any(vec![a, b])),
        1 => streak(),
        1 => (1..=size.min(5)).prop_map(Rule::Failures),
        2 => (guarded(size), streak()).prop_map(|(a, b)| any(vec![a, b])),
        3 => (guarded(size), guarded(15)).prop_map(|(closed, trial)| {
            any(vec![only(Rule::Closed, closed), only(Rule::HalfOpen, trial)])
        }),
        // A rule for both states, and one for each.
        2 => (guarded(size), guarded(size), guarded(15)).prop_map(|(both, closed, trial)| {
            any(vec![both, only(Rule::Closed, closed), only(Rule::HalfOpen, trial)])
        }),
        // The number of running calls, alone or with other conditions.
        3 => (guarded(size), 2..6_u32).prop_map(|(rule, calls)| any(vec![rule, Rule::InFlight(calls)])),
        1 => (guarded(size), guarded(size), 2..6_u32).prop_map(|(rule, more, calls)| {
            any(vec![rule, all(vec![Rule::InFlight(calls), more])])
        }),
        1 => (guarded(size), guarded(15), 2..9_u32, 2..4_u32).prop_map(|(closed, trial, calls, probes)| {
            any(vec![
                only(Rule::Closed, closed),
                only(Rule::HalfOpen, trial),
                only(Rule::Closed, Rule::InFlight(calls)),
                only(Rule::HalfOpen, Rule::InFlight(probes)),
            ])
        }),
        // A choice of states within a group.
        2 => (1..=size.min(9), evidence(size), evidence(9)).prop_map(|(least, closed, trial)| {
            let choice = any(vec![only(Rule::Closed, closed), only(Rule::HalfOpen, trial)]);
            all(vec![Rule::Min(least), choice])
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

fn retry() -> impl Strategy<Value = Retry> {
    prop_oneof![
        3 => select(vec![1, 100, 1_000, 7_000]).prop_map(|delay| Retry::Cooldown(millis(delay))),
        3 => (select(vec![1, 100, 1_000]), 1..4_u32, select(vec![1_000, 5_000, 100_000]))
            .prop_map(|(initial, multiplier, max)| Retry::Backoff(millis(initial), multiplier, millis(max))),
        1 => Just(Retry::Always),
        1 => Just(Retry::Never),
        2 => Just(Retry::Custom),
    ]
}

fn permit() -> impl Strategy<Value = Permit> {
    prop_oneof![
        2 => Just(Permit::All),
        2 => select(vec![300, 700, 1_000]).prop_map(Permit::Random),
        4 => (select(vec![1, 500, 2_000, 10_000, 60_000]), select(vec![1_000, 100, 500]), 0..2_u32)
            .prop_map(|(length, from, rises)| {
                Permit::Ramp(from, from + rises * (1_000 - from), millis(length))
            }),
        1 => Just(Permit::Patient),
    ]
}

fn slots() -> impl Strategy<Value = u32> {
    1..6_u32
}

fn half_open_timeout() -> impl Strategy<Value = Duration> {
    select(vec![1, 300, 2_000, 30_000, 90_000]).prop_map(millis)
}

/// What a call counts as that does not say.
fn unsaid() -> impl Strategy<Value = Outcome> {
    select(vec![Outcome::Failure, Outcome::Ignored])
}

fn on_cancel() -> impl Strategy<Value = OnCancel> {
    let after = select(vec![1, 10, 100, 1_000]).prop_map(|after| OnCancel::FailureAfter(millis(after)));
    prop_oneof![3 => unsaid().prop_map(OnCancel::Outcome), 1 => after]
}

/// A change of one setting, which may not fit the others.
fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => rule(20).prop_map(Change::Rule),
        2 => window().prop_map(Change::Window),
        1 => retry().prop_map(Change::Retry),
        1 => permit().prop_map(Change::Permit),
        1 => slots().prop_map(Change::Slots),
        1 => half_open_timeout().prop_map(Change::HalfOpenTimeout),
        1 => unsaid().prop_map(Change::OnPanic),
        1 => unsaid().prop_map(Change::OnCancel),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let timeout = option::weighted(0.5, half_open_timeout());
    (window(), retry(), permit(), slots(), timeout, unsaid(), on_cancel()).prop_flat_map(
        |(window, retry, permit, slots, half_open_timeout, on_panic, on_cancel)| {
            let size = match window {
                Window::Count(size) => size as u32,
                Window::Time(..) => 20,
            };
            let settings = rule(size).prop_map(move |rule| Settings {
                window,
                rule,
                retry,
                permit,
                slots,
                half_open_timeout,
                on_panic,
                on_cancel,
            });
            // A rule for one state may be blind to what the other sees, and a time-out may be too short for the rule.
            settings.prop_filter("it is refused", |settings| settings.builder().build().is_ok())
        },
    )
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![4 => Just(Outcome::Success), 5 => Just(Outcome::Failure), 1 => Just(Outcome::Ignored)]
}

/// Time passes until something is due, or just before.
fn until() -> impl Strategy<Value = Step> {
    let mark = prop_oneof![
        4 => Just(Mark::Retry),
        2 => Just(Mark::Stall),
        2 => Just(Mark::RampEnd),
        1 => Just(Mark::Forgiveness),
        3 => Just(Mark::Slow),
    ];
    let before = prop_oneof![3 => Just(0), 1 => Just(1), 1 => Just(1_000_000)];
    (mark, before.prop_map(Duration::from_nanos)).prop_map(|(mark, before)| Step::Until(mark, before))
}

fn step() -> impl Strategy<Value = Step> {
    let took = || prop_oneof![3 => Just(Duration::ZERO), 2 => select(vec![1, 9, 10, 20, 49, 50, 100, 1_000]).prop_map(millis)];
    let passes = select(vec![1, 10, 50, 99, 100, 500, 700, 999, 1_000, 2_000, 5_000, 7_000, 60_000]);
    prop_oneof![
        30 => (outcome(), took()).prop_map(|(outcome, took)| Step::Call(outcome, took)),
        8 => passes.prop_map(|passed| Step::Advance(millis(passed))),
        6 => until(),
        10 => Just(Step::Begin),
        7 => ((0..100_usize), outcome()).prop_map(|(which, outcome)| Step::End(which, outcome)),
        3 => (0..100_usize).prop_map(Step::Cancel),
        1 => Just(Step::Panic),
        2 => select(vec![0, 1, 500, 9_000, 4_000_000]).prop_map(|pause| Step::Ask(millis(pause))),
        1 => Just(Step::Reset),
        1 => Just(Step::Trip),
        1 => select(vec![0, 100, 1_000, 7_000]).prop_map(|pause| Step::OpenFor(millis(pause))),
        2 => (outcome(), took()).prop_map(|(outcome, took)| Step::Record(outcome, took)),
        1 => Just(Step::CountCalls),
        2 => change().prop_map(Step::Reconfigure),
        1 => Just(Step::MetricsOnly),
        1 => select(vec![Step::ForceOpen, Step::Disable]),
        6 => Just(Step::Read),
    ]
}

/// An outage, the wait for its end, a trial, and what follows.
fn recovery() -> impl Strategy<Value = Vec<Step>> {
    let slow = || select(vec![0, 0, 30]).prop_map(millis);
    let few = || vec(step(), 0..4);
    (5..30_usize, slow(), 1..20_usize, few(), until(), few()).prop_map(
        |(failures, took, successes, ramp, until, after)| {
            let outage = vec![Step::Call(Outcome::Failure, took); failures];
            let trial = vec![Step::Call(Outcome::Success, Duration::ZERO); successes];
            [outage, vec![Step::Until(Mark::Retry, Duration::ZERO)], trial, ramp, vec![until], after].concat()
        },
    )
}

/// Steps that take a breaker through many incidents: stretches of the same outcome, overlapping calls, and waits.
fn stretches() -> impl Strategy<Value = Vec<Step>> {
    let likely = || select(vec![Outcome::Success, Outcome::Failure]);
    let stretch = prop_oneof![
        4 => recovery(),
        6 => (1..15_usize, likely(), select(vec![0, 1, 30, 100]))
            .prop_map(|(times, outcome, took)| vec![Step::Call(outcome, millis(took)); times]),
        2 => (1..9_usize, until(), likely()).prop_map(|(times, until, outcome)| {
            let begun = vec![Step::Begin; times];
            [begun, vec![until], vec![Step::End(0, outcome); times]].concat()
        }),
        5 => vec(step(), 1..6),
        5 => until().prop_map(|until| vec![until]),
        2 => select(vec![100, 700, 1_000, 7_000, 10_000, 100_000])
            .prop_map(|passed| vec![Step::Advance(millis(passed))]),
        2 => Just(vec![Step::Read]),
    ];
    vec(stretch, 1..16).prop_map(|stretches| stretches.concat())
}

/// 10,000 sequences of each kind, unless `PROPTEST_CASES` says otherwise.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let asked_for = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if asked_for { config.cases } else { 10_000 };
    // Each case may draw some settings that are refused.
    ProptestConfig { cases, max_local_rejects: cases.saturating_mul(10), ..config }
}

/// Agreement would mean nothing if nothing happened in the sequences.
#[test]
fn rules_have_every_word() {
    let mut runner = TestRunner::deterministic();
    let rules: Vec<_> = (0..500)
        .map(|_| rule(100).new_tree(&mut runner).expect("a rule").current().build().to_string())
        .collect();
    let has = |word: &str, rule: &String| {
        rule.split(|letter: char| !(letter == '_' || letter.is_alphanumeric())).any(|it| it == word)
    };
    for Entry { word, .. } in TRIP.entries {
        assert!(rules.iter().any(|rule| has(word, rule)), "no rule has `{word}`: {rules:#?}");
    }
}

#[test]
fn sequences_bring_about_every_transition() {
    let mut runner = TestRunner::deterministic();
    let mut counts: HashMap<(State, State, Why), u32> = HashMap::new();
    for _ in 0..2_000 {
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
        (State::HalfOpen, State::ForcedOpen, Why::ForceOpen),
        (State::Closed, State::Open, Why::Trip),
        (State::HalfOpen, State::Open, Why::OpenFor),
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

#[cfg(feature = "tokio")]
proptest! {
    #![proptest_config(config())]

    #[test]
    fn agree_by_the_clock_of_the_process(settings in settings(), steps in stretches(), comes in 0..5_usize) {
        by_the_clock_of_the_process(|clock| {
            let mut waiting = Waiting::default();
            let mut taken = 0;
            agree_by(clock, &settings, &steps, &mut |breaker, model| {
                // After each step, every few, or never.
                taken += 1;
                if comes > 0 && taken % comes == 0 {
                    waiting.come(breaker);
                }
                waiting.check(model, clock.now());
            });
        });
    }
}
