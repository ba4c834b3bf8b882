//! Figures of arbitrary rules: they are probabilities, and worse calls never make a breaker open less often.
#![allow(missing_docs)]

use fluxgate_rules::{Rule, Window};
use proptest::prelude::*;

fn condition() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..100_u32).prop_map(|percent| format!("failure_rate({percent}%)")),
        (1..60_u32).prop_map(|count| format!("failures({count})")),
        (1..12_u32).prop_map(|count| format!("failure_streak({count})")),
        (1..100_u32).prop_map(|percent| format!("slow_rate({percent}%, 1s)")),
        Just("failing_for(1s)".to_owned()),
        (2..60_u32).prop_map(|count| format!("in_flight({count})")),
    ]
}

/// Rules that are mostly valid: alternatives of up to two conditions, each with a `min`.
fn rule() -> impl Strategy<Value = String> {
    let group = (1..40_u32, prop::collection::vec(condition(), 1..3));
    let group = group.prop_map(|(min, conditions)| format!("min({min}) & {}", conditions.join(" & ")));
    prop::collection::vec(group, 1..4).prop_map(|groups| groups.join(" | "))
}

fn window() -> impl Strategy<Value = Window> {
    let count = |size| Window::count(size);
    prop_oneof![
        (1..15_usize).prop_map(count),
        (15..400_usize).prop_map(count),
        (1..30_u64).prop_map(|seconds| Window::time(std::time::Duration::from_secs(seconds))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_chances_that_grow_with_calls_and_failures(
        rule in rule(), window in window(), share in 0.0..1.0_f64, more in 0.0..1.0_f64
    ) {
        let Ok(rule) = rule.parse::<Rule>() else { return Ok(()) };
        let Ok(explanation) = rule.explain(window) else { return Ok(()) };
        let worse = share + (1.0 - share) * more;
        let mut last = 0.0;
        for calls in [0, 1, 7, 30, 100, 1_000, 100_000] {
            let chance = explanation.chance_to_open(share, calls);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&chance), "{calls} at {share}: {chance}");
            prop_assert!(chance >= last - 1e-12, "{calls} at {share}: {chance} after {last}");
            last = chance;
            let of_worse = explanation.chance_to_open(worse, calls);
            // Once the window slides, figures are only this precise.
            prop_assert!(of_worse > chance - 0.05, "{calls} at {share}: {chance}, at {worse}: {of_worse}");
        }
        prop_assert!(explanation.calls_to_open(share) >= 1.0);
        if let (Some(odds), Some(of_worse)) = (explanation.trial(share), explanation.trial(worse)) {
            prop_assert!((-1e-12..=1.0 + 1e-12).contains(&odds.passes) && odds.calls >= 1.0, "{odds:?}");
            prop_assert!(of_worse.passes <= odds.passes + 1e-9, "{odds:?} at {share}, {of_worse:?} at {worse}");
        }
    }

    /// The nearest rule is accepted, and an accepted rule is its own nearest.
    #[test]
    fn the_nearest_rule_meets_the_expectations(
        rule in rule(), size in 1..200_usize, normal in 0.001..0.4_f64, outage in 0.5..1.0_f64
    ) {
        let Ok(rule) = rule.parse::<Rule>() else { return Ok(()) };
        let Ok(explanation) = rule.explain(Window::count(size)) else { return Ok(()) };
        for outage in [None, Some(outage)] {
            let Some(nearest) = explanation.nearest(Some(normal), outage) else { continue };
            let accepted = nearest.explain(Window::count(size));
            prop_assert!(accepted.is_ok(), "{nearest}");
            prop_assert_eq!(accepted.unwrap().nearest(Some(normal), outage), Some(nearest));
        }
    }
}

#[test]
fn a_page_is_written_for_every_window() {
    for window in ["count(1)", "count(10)", "count(1000000)", "time(1s)", "time(24h)"] {
        for rule in ["min(1) & failure_rate(100%)", "failure_streak(2)"] {
            let window: Window = window.parse().expect("a window");
            let rule: Rule = rule.parse().expect("a rule");
            let page = rule.explain(window).expect("they go together").at_rate(1_000.0).to_string();
            assert!(page.contains("100%") && !page.contains("NaN") && !page.contains("inf"), "{page}");
        }
    }
}

/// Regression: the page said that every outage is noticed, blamed a window of too few calls if a rule does not look at
/// failures, and named a condition of both states twice.
#[test]
fn conditions_unrelated_to_failures_are_left_out_of_the_whole_page() {
    let explain = |rule: &str, window: &str| {
        let rule: Rule = rule.parse().expect("a rule");
        rule.explain(window.parse().expect("a window")).expect("they go together")
    };
    let verdicts = |rule: &str, window: &str| {
        let page = explain(rule, window).to_string();
        page.lines().rev().take(2).collect::<Vec<_>>().join(" ")
    };
    for window in ["count(100)", "time(60s)"] {
        let alone = verdicts("min(10) & failure_rate(50%)", window);
        assert!(alone.contains("An outage is noticed"), "{alone}");
        for rule in [
            "min(10) & (failure_rate(50%) | slow_rate(50%, 1s) | avg_latency(2s))",
            "min(10) & failure_rate(50%) | failing_for(30s) & failures(3)",
            "min(10) & failure_rate(50%) | in_flight(20)",
        ] {
            assert_eq!(verdicts(rule, window), alone, "{rule}");
        }
        for rule in ["min(10) & slow_rate(50%, 1s)", "min(10) & avg_latency(1s)"] {
            let page = explain(rule, window).to_string();
            assert_eq!(explain(rule, window).lowest_outage(), None, "{rule}");
            assert!(page.contains("No outage is noticed") && !page.contains("too few"), "{page}");
        }
    }
    let too_few = explain("closed & min(200) & failure_rate(50%) | half_open & failures(1)", "time(10s)");
    let page = too_few.to_string();
    assert!(page.contains("They are too few for the rule") && page.ends_with("No outage is noticed.\n"));
    // A streak is counted beyond any window.
    let streak = explain("failure_streak(500)", "time(1s)");
    assert!(!streak.to_string().contains("too few") && (streak.calls_to_open(1.0) - 500.0).abs() < 1e-9);
    let both = "min(10) & (failure_rate(50%) | slow_rate(50%, 1s) | avg_latency(2s))";
    let twice = explain(&format!("closed & min(20) & {both} | half_open & {both}"), "count(100)");
    assert_eq!(twice.left_out(), ["slow_rate(0.5, 1s)", "avg_latency(2s)"]);
}

/// A condition by itself, judged by the plainest means.
#[derive(Clone, Debug)]
enum Plain {
    Min(usize),
    Rate(u32),
    Failures(usize),
    Streak(usize),
}

impl Plain {
    fn holds(&self, window: &[bool], streak: usize) -> bool {
        let failures = window.iter().filter(|failed| **failed).count();
        match *self {
            Self::Min(least) => window.len() >= least,
            Self::Rate(percent) => failures * 100 >= window.len() * percent as usize,
            Self::Failures(least) => failures >= least,
            Self::Streak(least) => streak >= least,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Min(least) => format!("min({least})"),
            Self::Rate(percent) => format!("failure_rate({percent}%)"),
            Self::Failures(least) => format!("failures({least})"),
            Self::Streak(least) => format!("failure_streak({least})"),
        }
    }
}

fn plain() -> impl Strategy<Value = Vec<Vec<Plain>>> {
    let condition = prop_oneof![
        (1..=100_u32).prop_map(Plain::Rate),
        (1..8_usize).prop_map(Plain::Failures),
        (1..6_usize).prop_map(Plain::Streak),
    ];
    let group = (1..8_usize, prop::collection::vec(condition, 1..3));
    let group = group.prop_map(|(min, rest)| [vec![Plain::Min(min)], rest].concat());
    prop::collection::vec(group, 1..4)
}

/// The chance that a rule has held after this many calls, by all sequences of outcomes.
fn enumerated(rule: &[Vec<Plain>], size: usize, share: f64, calls: usize) -> f64 {
    let mut chance = 0.0;
    for sequence in 0..1_u32 << calls {
        let outcomes: Vec<_> = (0..calls).map(|call| sequence >> call & 1 == 1).collect();
        let is_open = (1..=calls).any(|made| {
            let window = &outcomes[made.saturating_sub(size)..made];
            let streak = outcomes[..made].iter().rev().take_while(|failed| **failed).count();
            rule.iter().any(|group| group.iter().all(|condition| condition.holds(window, streak)))
        });
        let failures = sequence.count_ones().cast_signed();
        let calls = i32::try_from(calls).expect("few calls");
        chance += if is_open { share.powi(failures) * (1.0 - share).powi(calls - failures) } else { 0.0 };
    }
    chance
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// While a window fills, the chance is exact; afterwards, it is that of a small window, or near it.
    #[test]
    fn chances_to_open_agree_with_enumeration(
        rule in plain(), size in 1..12_usize, share in 0.0..1.0_f64, calls in 1..11_usize
    ) {
        let text: Vec<_> = rule
            .iter()
            .map(|group| group.iter().map(Plain::text).collect::<Vec<_>>().join(" & "))
            .collect();
        let Ok(parsed) = text.join(" | ").parse::<Rule>() else { return Ok(()) };
        let Ok(explanation) = parsed.explain(Window::count(size)) else { return Ok(()) };
        let (found, exact) = (explanation.chance_to_open(share, calls as u64), enumerated(&rule, size, share, calls));
        let error = if calls <= size || size <= 10 { 1e-9 } else { 0.05 };
        prop_assert!((found - exact).abs() <= error, "{parsed} of {size}, {share}, {calls}: {found}, {exact}");
    }
}
