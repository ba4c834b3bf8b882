//! Any input string is handled without a panic, and every message leads somewhere.
#![allow(missing_docs)]

mod words;

use std::str::FromStr;
use std::time::Duration;

use fluxgate_rules::flaws;
use fluxgate_rules::lexer::lex;
use fluxgate_rules::problem::{Advice, Aside};
use fluxgate_rules::read::{self, Reading};
use fluxgate_rules::syntax::Value;
use fluxgate_rules::token::{Token, TokenRange};
use fluxgate_rules::vocabulary::{HALF_OPEN_TIMEOUT, Kind, MAX_HALF_OPEN_CALLS, OUTCOME};
use fluxgate_rules::{
    Condition, ConfigError, ConfigProblem, Permit, Problem, Ratio, Retry, Rule, SureRate, Window, by_hand,
};
use proptest::prelude::*;

/// Pieces of rules, right and wrong, for building mutations.
const PIECES: [&str; 60] = [
    "min(10)",
    "failure_rate(0.5)",
    "failure_rate(50%)",
    "failures(3)",
    "failure_streak(5)",
    "slow_rate(0.3, 1s)",
    "avg_latency(2s)",
    "custom(a::b)",
    "closed",
    "half_open",
    "&",
    "|",
    "&&",
    "||",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "!",
    "not",
    "and",
    "or",
    "=",
    "==",
    ">=",
    ":",
    "::",
    ".",
    "%",
    "-",
    "+",
    "*",
    "'",
    "\"",
    "\"text\"",
    "#",
    "$",
    "any(",
    "all(",
    "count(100)",
    "time(60s, buckets = 6)",
    "cooldown(60s)",
    "backoff(1s, max = 5s)",
    "ramp_up(0.1, 1.0, 60s)",
    "0",
    "1",
    "50",
    "0.5",
    "60s",
    "1h30m",
    "0x10s",
    "1e400",
    "99999999999999999999",
    "MIN",
    "größer",
    "≥",
];

/// The words of prose.
const WORDS: [&str; 60] = [
    "5",
    "20",
    "100",
    "50",
    "0.5",
    "0",
    "%",
    "percent",
    "one",
    "two",
    "half",
    "third",
    "thirds",
    "a",
    "the",
    "all",
    "every",
    "each",
    "no",
    "not",
    "none",
    "and",
    "or",
    "of",
    "in",
    "for",
    "per",
    "last",
    "over",
    "within",
    "than",
    "more",
    "least",
    "at",
    "calls",
    "requests",
    "fail",
    "failures",
    "errors",
    "success",
    "successful",
    "slow",
    "take",
    "latency",
    "average",
    "p99",
    "rate",
    "row",
    "consecutive",
    "down",
    "failing",
    "10s",
    "minute",
    "seconds",
    ">",
    "<",
    ",",
    "wait",
    "window",
    "hundred",
];

fn problems<T>(reading: Reading<T>) -> Vec<Problem> {
    reading.err().unwrap_or_default()
}

type Read = fn(&[Token]) -> Vec<Problem>;

/// Everything that reads tokens.
const READERS: [Read; 7] = [
    |tokens| problems(read::rule(tokens, &Window::count(100))),
    |tokens| problems(read::window(tokens)),
    |tokens| problems(read::retry(tokens)),
    |tokens| problems(read::permit(tokens)),
    |tokens| problems(read::word(tokens, "on_panic", &OUTCOME)),
    |tokens| problems(read::argument(tokens, &MAX_HALF_OPEN_CALLS)),
    |tokens| problems(read::argument(tokens, &HALF_OPEN_TIMEOUT)),
];

/// Reads the text in every way, draws every message, and applies every correction.
fn survives(text: &str) {
    for read in READERS {
        let lexed = lex(text);
        for problem in read(&lexed.tokens) {
            assert!(!problem.draw(text, &lexed.bytes).is_empty());
            assert!(problem.place.start <= problem.place.end && problem.place.end <= lexed.tokens.len());
            if let Some(corrected) = problem.corrected(text, &lexed.bytes) {
                read(&lex(&corrected).tokens);
            }
        }
    }
}

/// Follows the first advice until nothing is wrong or advice is in words only. No text may come twice.
fn advice_leads_on(text: &str) -> Result<(), TestCaseError> {
    for read in READERS {
        let mut texts = vec![text.to_owned()];
        while let Some(text) = texts.last() {
            let lexed = lex(text);
            let problems = read(&lexed.tokens);
            let Some(next) = problems.iter().find_map(|problem| problem.corrected(text, &lexed.bytes)) else {
                break;
            };
            prop_assert!(!texts.contains(&next), "{texts:?} leads back to {next:?}: {problems:?}");
            prop_assert!(texts.len() < 30, "{texts:?} leads nowhere");
            texts.push(next);
        }
    }
    Ok(())
}

fn ratio() -> impl Strategy<Value = Ratio> {
    (1..=1_000_000_000_i64).prop_map(Ratio::from_parts_per_billion)
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![1..=u64::MAX, 1..10_000_u64].prop_map(Duration::from_nanos)
}

/// A share and a confidence. The share may be 1, which nothing exceeds.
fn sure() -> impl Strategy<Value = SureRate> {
    let level = (500_000_000..1_000_000_000_i64).prop_map(Ratio::from_parts_per_billion);
    let share = prop_oneof![5 => ratio(), 5 => (1..900_000_000_i64).prop_map(Ratio::from_parts_per_billion), 1 => Just(Ratio::ONE)];
    (share, level).prop_map(|(share, level)| SureRate::new(share, level))
}

/// A duration from which calls may be slow.
fn threshold() -> impl Strategy<Value = Duration> {
    prop_oneof![1_000..=u64::MAX, 1_000..100_000_u64].prop_map(Duration::from_nanos)
}

fn condition() -> impl Strategy<Value = Condition> {
    let value = |kind| match kind {
        Kind::Count | Kind::Concurrency => count().prop_map(|count| Value::Number(count.into())).boxed(),
        Kind::Ratio => ratio().prop_map(Value::Ratio).boxed(),
        Kind::Threshold => threshold().prop_map(Value::Duration).boxed(),
        Kind::Duration => duration().prop_map(Value::Duration).boxed(),
        other => panic!("values for {other:?}"),
    };
    words::condition(value, sure())
}

/// Numbers of calls, some beyond the limit of a trial.
fn count() -> impl Strategy<Value = u32> {
    prop_oneof![1 => 1..=u32::MAX, 5 => 1..=1_000_000_u32]
}

/// A rule that usually makes no sense.
fn rule() -> impl Strategy<Value = Rule> {
    joined(condition().prop_map(Rule::from_condition))
}

/// A rule that makes sense.
fn sound_rule() -> impl Strategy<Value = Rule> {
    let from = Rule::from_condition;
    let judged = joined(prop_oneof![
            (1..=1_000_000_u32).prop_map(move |count| from(Condition::Failures(count))),
            (1..=1_000_000_u32).prop_map(move |count| from(Condition::FailureStreak(count))),
            (1..=1_000_000_u32, ratio()).prop_map(
                move |(count, ratio)| from(Condition::Min(count)) & from(Condition::FailureRate(ratio))
            ),
            (1..=999_000_000_i64, 500_000_000..=999_999_000_i64).prop_map(move |(share, level)| {
                let [share, level] = [share, level].map(Ratio::from_parts_per_billion);
                from(Condition::SureFailureRate(SureRate::new(share, level)))
            }),
            duration().prop_map(move |duration| from(Condition::FailingFor(duration))),
            (1..=1_000_000_u32, threshold())
                .prop_map(move |(count, average)| from(Condition::AvgLatency(average))
                    & from(Condition::Min(count))),
        ]);
    // A trial is judged by the outcomes of its calls, so this cannot stand alone.
    (judged, proptest::option::of(2..=u32::MAX)).prop_map(move |(rule, calls)| match calls {
        Some(calls) => rule | from(Condition::InFlight(calls)),
        None => rule,
    })
}

fn joined(rule: impl Strategy<Value = Rule> + 'static) -> impl Strategy<Value = Rule> {
    rule.prop_recursive(6, 40, 4, |inner| {
        (proptest::collection::vec(inner, 2..4), any::<bool>()).prop_map(|(members, all)| {
            let join = |one: Rule, two: Rule| if all { one & two } else { one | two };
            members.into_iter().reduce(join).expect("members")
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_survived(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn any_sequence_of_pieces_is_survived(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..12)) {
        survives(&pieces.join(" "));
        survives(&pieces.concat());
    }

    #[test]
    fn advice_never_leads_in_a_circle(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..12)) {
        advice_leads_on(&pieces.join(" "))?;
        advice_leads_on(&pieces.concat())?;
    }

    #[test]
    fn prose_is_survived_and_advice_about_it_leads_on(words in proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..12)) {
        survives(&words.join(" "));
        advice_leads_on(&words.join(" "))?;
    }

    #[test]
    fn suggestions_for_a_whole_setting_are_valid(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..6),
        word in proptest::sample::select(&["", "count", "time(", "fixed", "backoff(", "open_for(", "ramp_up(", "fail"][..]),
        around in proptest::sample::select(&[["", ""], ["\"", "\""], ["(", ")"], ["[", "]"], ["{ ", " }"]][..]),
    ) {
        let [open, close] = around;
        let text = format!("{open}{word}{}{close}", pieces.join(" "));
        let lexed = lex(&text);
        let whole = TokenRange::new(0, lexed.tokens.len());
        for read in READERS {
            let problems = read(&lexed.tokens);
            let [Problem { advice: Advice::Change(suggestion), .. }] = problems.as_slice() else { continue };
            if suggestion.range == whole && matches!(suggestion.aside, Aside::Write(_)) {
                let again = read(&lex(&suggestion.replacement).tokens);
                prop_assert!(again.is_empty(), "{text}: {suggestion:?} is wrong: {again:?}");
            }
        }
    }

    #[test]
    fn a_mutated_rule_is_survived(rule in rule(), at in any::<prop::sample::Index>(), new in any::<char>(), kind in 0..3) {
        let mut letters: Vec<char> = rule.to_string().chars().collect();
        let at = at.index(letters.len());
        match kind {
            0 => letters[at] = new,
            1 => letters.insert(at, new),
            _ => drop(letters.remove(at)),
        }
        survives(&letters.into_iter().collect::<String>());
    }

    #[test]
    fn a_rule_prints_and_reads_back(rule in sound_rule()) {
        let text = rule.to_string();
        match Rule::from_str(&text) {
            Ok(read) => prop_assert_eq!(read, rule),
            Err(error) => {
                let error = error.to_string();
                prop_assert!(error.contains("is given twice") || error.contains("is too long"), "{}", error);
            }
        }
    }

    #[test]
    fn rules_are_refused_alike_by_hand_and_in_a_string(rule in rule()) {
        let window = Window::time(Duration::from_secs(60));
        let by_hand: Vec<_> = by_hand::rule(&rule, &window).iter().map(ToString::to_string).collect();
        let in_a_string = Rule::from_str(&rule.to_string()).err().map(|error| error.to_string()).unwrap_or_default();
        // Too frequent for `prop_assume!`, which rejects only a limited number.
        if in_a_string.contains("is given twice") {
            return Ok(());
        }
        prop_assert_eq!(by_hand.join("\n"), in_a_string);
    }

    #[test]
    fn no_flaw_goes_unreported(rule in rule(), size in 1..200_usize) {
        let (nodes, window) = (rule.nodes(), Window::count(size));
        let is_flawed = flaws::size_flaw(nodes).is_some()
            || (0..nodes.len()).any(|leaf| flaws::condition_flaw(nodes, leaf, &window).is_some())
            || flaws::rule_flaw(nodes, &window).is_some();
        prop_assert_eq!(!by_hand::rule(&rule, &window).is_empty(), is_flawed, "{}", rule);
    }

    #[test]
    fn any_hand_built_settings_are_survived(
        size in any::<usize>(),
        nanos in any::<u64>(),
        seconds in any::<u64>(),
        buckets in any::<Option<usize>>(),
        ratios in any::<[f64; 3]>(),
        multiplier in any::<Option<f64>>(),
    ) {
        let (short, long) = (Duration::from_nanos(nanos), Duration::new(seconds, 7));
        for mut window in [Window::count(size), Window::time(short), Window::time(long)] {
            window.buckets = buckets;
            let problems = by_hand::window(&window);
            prop_assert_eq!(problems.is_empty(), is_in_range(&window));
            prop_assert_eq!(problems, read_back::<Window>(&window));
        }
        let mut retry = Retry::backoff(short).max(long).jitter(ratios[0]);
        retry.multiplier = multiplier;
        prop_assert_eq!(by_hand::retry(&retry), read_back::<Retry>(&retry));
        let permit = Permit::ramp_up(ratios[1], ratios[2], long);
        prop_assert_eq!(by_hand::permit(&permit), read_back::<Permit>(&permit));
        let rule = Rule::from_condition(Condition::SlowRate(Ratio::new(ratios[0]), long));
        by_hand::rule(&rule, &Window::count(size));
        by_hand::half_open_timeout(long, rule.nodes());
        by_hand::half_open_timeout(short, rule.nodes());
    }
}

/// What is wrong with a setting's printed form.
fn read_back<T: FromStr<Err = ConfigError>>(setting: &impl ToString) -> Vec<ConfigProblem> {
    setting.to_string().parse::<T>().err().map(|error| error.problems().to_vec()).unwrap_or_default()
}

/// Whether a window is in the documented ranges.
fn is_in_range(window: &Window) -> bool {
    match (window.extent, window.buckets) {
        (fluxgate_rules::Extent::Count(size), buckets) => {
            (1..=1_000_000).contains(&size) && buckets.is_none()
        }
        (fluxgate_rules::Extent::Time(duration), buckets) => {
            let nanos = duration.as_nanos();
            nanos > 0
                && nanos <= u128::from(u64::MAX)
                && buckets.is_none_or(|buckets| (1..=1_000).contains(&buckets))
                && nanos / window.bucket_count() as u128 >= 1_000
        }
    }
}

#[test]
fn deep_and_long_input_is_survived() {
    for text in [
        "(".repeat(100_000),
        "(".repeat(20_000) + &")".repeat(20_000),
        "min(1) & ".repeat(20_000),
        "x".repeat(100_000),
    ] {
        let lexed = lex(&text);
        for read in READERS {
            read(&lexed.tokens);
        }
    }
    let long = (0..5_000).fold(Rule::from_condition(Condition::Closed), |rule, at| {
        let condition = Rule::from_condition(Condition::Failures(at + 1));
        if at % 2 == 0 { condition & rule } else { condition | rule }
    });
    assert_eq!(by_hand::rule(&long, &Window::count(100)).len(), 1);
    assert!(!long.to_string().is_empty());
}
