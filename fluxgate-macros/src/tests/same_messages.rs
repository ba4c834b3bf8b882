//! Whatever the values, the attribute and `build()` refuse the same settings with the same messages.

use std::time::Duration;

use fluxgate_rules::syntax::Value;
use fluxgate_rules::vocabulary::{Entry, Kind, TRIP};
use fluxgate_rules::{
    Condition, ConfigProblem, Extent, Permit, Ratio, Retry, Rule, Schedule, SureRate, Window, by_hand,
};
use proc_macro2::{Literal, TokenStream};
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::Union;
use quote::quote;

use crate::input::arguments::Arguments;
use crate::input::errors::CompileErrors;
use crate::input::names::Macro;
use crate::model::reader;

/// The messages of settings made by hand.
fn by_hand(problems: &[ConfigProblem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// The attribute's messages about these arguments.
fn said(tokens: TokenStream) -> Vec<String> {
    let mut errors = CompileErrors::default();
    let arguments = Arguments::parse(tokens, Macro::CircuitBreaker, &mut errors);
    reader::settings(&arguments, &mut errors);
    errors.all().iter().map(ToString::to_string).collect()
}

fn string(value: &impl ToString) -> Literal {
    Literal::string(&value.to_string())
}

/// Durations of any size, mostly ones that people write.
fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        any::<Duration>(),
        (0..3_u64).prop_map(Duration::from_nanos),
        (0..100_000_u64).prop_map(Duration::from_micros),
        (0..1_000_u64).prop_map(Duration::from_secs),
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![proptest::num::f64::ANY, -0.5..2.5, Just(0.0), Just(1.0)]
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![any::<u32>(), 0..300_u32]
}

fn window() -> impl Strategy<Value = Window> {
    let extent = prop_oneof![
        any::<usize>().prop_map(Extent::Count),
        (0..200_usize).prop_map(Extent::Count),
        duration().prop_map(Extent::Time),
    ];
    let buckets = prop_oneof![Just(None), any::<usize>().prop_map(Some), (0..2_000_usize).prop_map(Some)];
    (extent, buckets).prop_map(|(extent, buckets)| Window { extent, buckets })
}

fn retry() -> impl Strategy<Value = Retry> {
    let schedule = prop_oneof![
        duration().prop_map(Schedule::Cooldown),
        duration().prop_map(Schedule::Backoff),
        Just(Schedule::Always),
        Just(Schedule::Never),
    ];
    (schedule, option::of(number()), option::of(duration()), option::of(number())).prop_map(
        |(schedule, multiplier, max, jitter)| {
            let mut retry = Retry::new(schedule);
            (retry.multiplier, retry.max) = (multiplier, max);
            retry.jitter = jitter.map(Ratio::new);
            retry
        },
    )
}

fn permit() -> impl Strategy<Value = Permit> {
    prop_oneof![
        Just(Permit::All),
        number().prop_map(Permit::random),
        (number(), number(), duration()).prop_map(|(from, to, duration)| Permit::ramp_up(from, to, duration)),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let ratio = || number().prop_map(Ratio::new);
    let value = |kind| match kind {
        Kind::Count | Kind::Concurrency => count().prop_map(|count| Value::Number(count.into())).boxed(),
        Kind::Ratio => number().prop_map(Ratio::new).prop_map(Value::Ratio).boxed(),
        Kind::Threshold | Kind::Duration => duration().prop_map(Value::Duration).boxed(),
        other => panic!("values for {other:?}"),
    };
    let sure = (ratio(), ratio()).prop_map(|(share, level)| SureRate::new(share, level));
    // Conditions with every word, so that a new word is tried without a change here.
    let of_word = |entry: &'static Entry| {
        let values: Vec<_> = entry.positional.iter().map(|parameter| value(parameter.kind)).collect();
        values.prop_map(|values| entry.condition(values).expect("values of the word's kinds")).boxed()
    };
    let words = TRIP.entries.iter().filter(|entry| entry.word != "custom").map(of_word);
    let condition = Union::new(words.chain([sure.prop_map(Condition::SureFailureRate).boxed()]));
    condition.prop_map(Rule::from_condition).prop_recursive(4, 16, 4, |inner| {
        (proptest::collection::vec(inner, 2..4), any::<bool>()).prop_map(|(members, all)| {
            let join = |one: Rule, two: Rule| if all { one & two } else { one | two };
            members.into_iter().reduce(join).expect("members")
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows(window in window()) {
        let text = string(&window);
        prop_assert_eq!(by_hand(&by_hand::window(&window)), said(quote!(window = #text)));
    }

    #[test]
    fn retries(retry in retry()) {
        let text = string(&retry);
        prop_assert_eq!(by_hand(&by_hand::retry(&retry)), said(quote!(retry = #text)));
    }

    #[test]
    fn permits(permit in permit()) {
        let text = string(&permit);
        prop_assert_eq!(by_hand(&by_hand::permit(&permit)), said(quote!(permit = #text)));
    }

    #[test]
    fn limits(calls in count(), longest in duration(), threshold in duration()) {
        let without = |name: &str, messages: Vec<String>| -> Vec<String> {
            let start = format!("`{name}`: ");
            messages.iter().map(|message| message.strip_prefix(&start).expect("its name").to_owned()).collect()
        };
        let text = string(&calls);
        prop_assert_eq!(
            without("max_half_open_calls", by_hand(&by_hand::max_half_open_calls(calls))),
            said(quote!(max_half_open_calls = #text))
        );
        let text = string(&fluxgate_rules::duration::Spelled(longest));
        let slow = Rule::from_condition(Condition::Min(5))
            & Rule::from_condition(Condition::SlowRate(Ratio::ONE, threshold));
        let of_rule = by_hand(&by_hand::rule(&slow, &Window::count(100)));
        let nodes = if of_rule.is_empty() { slow.nodes() } else { &[] };
        let of_timeout = without("half_open_timeout", by_hand(&by_hand::half_open_timeout(longest, nodes)));
        let slow = string(&slow);
        prop_assert_eq!([of_rule, of_timeout].concat(), said(quote!(trip = #slow, half_open_timeout = #text)));
    }

    #[test]
    fn rules_in_a_window(rule in rule(), window in window()) {
        let of_window = by_hand(&by_hand::window(&window));
        // If the window is wrong, the rule is judged without it.
        let judged = if of_window.is_empty() { window } else { Window::time(Duration::from_secs(60)) };
        let expected: Vec<_> = of_window.into_iter().chain(by_hand(&by_hand::rule(&rule, &judged))).collect();
        let (rule, window) = (string(&rule), string(&window));
        // The macro cannot tell whether a constant fits the rule.
        let said = said(quote!(window = #window, trip = #rule, half_open_timeout = LONGEST));
        // By hand, the same condition may occur twice, since different functions print alike.
        prop_assume!(!said.iter().any(|message| message.contains("is given twice")));
        prop_assert_eq!(expected, said);
    }
}
