//! Whether a rule opens healthy breakers, or overlooks outages, too often.
//!
//! Conditions unrelated to failures (`slow_rate`, `avg_latency`, `failing_for`, `in_flight`, `custom`) are left out on
//! the safe side: a rule is refused only for what it does without them, or would not do even if they held.

use crate::figures::binomial::at_least;
use crate::figures::filling::{Effort, filling, replacing};
use crate::figures::sliding::sliding;
use crate::figures::small::{is_small, small};
use crate::figures::thresholds::{Thresholds, UnknownPart};
use crate::model::limits::MAX_WINDOW_SIZE;
use crate::model::rule::Node;
use crate::model::window::{Extent, Window};

/// The highest acceptable chance that a rule opens a healthy breaker while its window first fills.
const MOST_WHILE_FILLING: f64 = 1e-3;
/// The highest acceptable chance that it does so with any one call after that.
const MOST_PER_CALL: f64 = 1e-6;
/// The lowest acceptable chance that it notices an outage within a window of calls.
const NEARLY_CERTAIN: f64 = 0.99;

/// For deciding whether a chance is too high: at compile time, perhaps without optimization.
const EFFORT: Effort = Effort { enough: MOST_WHILE_FILLING, cells: 500_000, surprise: 14.0 };
/// For telling how high a chance is once it is known to be too high.
const EFFORT_TO_QUANTIFY: Effort = Effort { enough: 0.999, ..EFFORT };
/// For deciding whether an outage is noticed.
const EFFORT_TO_NOTICE: Effort = Effort { enough: NEARLY_CERTAIN, ..EFFORT };

/// How a rule opens healthy breakers too often.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum FalseAlarm {
    /// While the window first fills: with this chance, within this many calls (`None` for a time window).
    First(f64, Option<u64>),
    /// Repeatedly: once in this many calls, at worst with this many in the window (`None` for a count window).
    Repeated(f64, Option<u64>),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Oversight {
    /// The chance of noticing the outage.
    pub(crate) chance: f64,
    /// The number of calls within which it should be noticed.
    pub(crate) calls: u64,
}

/// How the rule opens breakers too often if this share of calls fails when all is well.
pub(crate) fn false_alarm(nodes: &[Node], window: &Window, normal: f64) -> Option<FalseAlarm> {
    let thresholds = Thresholds::of(nodes, UnknownPart::NeverHolds);
    let filled = match window.extent {
        Extent::Count(size) => size as u64,
        Extent::Time(_) => MAX_WINDOW_SIZE as u64,
    };
    // The chance for a full window is quick to compute, and the filling adds to it.
    let full = at_least(thresholds.least(filled, 0, filled), filled, normal);
    let (rate, varying) = match window.extent {
        Extent::Count(_) => {
            let rate = if is_small(&thresholds, filled) {
                small(&thresholds, filled, normal).1
            } else {
                sliding(&thresholds, filled, normal).rest
            };
            (rate, None)
        }
        Extent::Time(_) => {
            let rate = |size| (sliding(&thresholds, size, normal).rest, size);
            let first = thresholds.first(filled)?;
            // A range that extends to the most calls never needs more failures, so the filling covers it.
            let is_worst = |last: u64| Some(last).filter(|last| *last < filled);
            let mut sizes = varying_sizes(&thresholds, first, |_, last| is_worst(last));
            if full <= MOST_WHILE_FILLING {
                // Enough calls contain any number of failures; a streak required along with them then decides.
                sizes.insert(0, filled);
            }
            let rates = sizes.into_iter().map(rate);
            let worst = rates.max_by(|one, other| one.0.total_cmp(&other.0));
            let (rate, size) = worst.unwrap_or((0.0, first));
            (rate, Some(size))
        }
    };
    let chance =
        |effort| filling(&thresholds, filled, normal, effort).chances.last().map_or(full, |it| it.max(full));
    let is_first = full > MOST_WHILE_FILLING || chance(EFFORT) > MOST_WHILE_FILLING;
    let first = if is_first { chance(EFFORT_TO_QUANTIFY) } else { 0.0 };
    // If both are too high, reports the one further out of bounds.
    if first / MOST_WHILE_FILLING > (rate / MOST_PER_CALL).max(1.0) {
        Some(FalseAlarm::First(first, varying.is_none().then_some(filled)))
    } else if rate > MOST_PER_CALL {
        Some(FalseAlarm::Repeated(-1.0 / (-rate).exp_m1(), varying))
    } else {
        None
    }
}

/// How the rule overlooks an outage that makes this share of calls fail, starting with a full window without failures.
pub(crate) fn oversight(
    nodes: &[Node],
    window: &Window,
    outage: f64,
    unknown: UnknownPart,
) -> Option<Oversight> {
    let thresholds = Thresholds::of(nodes, unknown);
    let of = |calls| Oversight { chance: noticed(&thresholds, calls, outage), calls };
    let worst = match window.extent {
        Extent::Count(size) => of(size as u64),
        Extent::Time(_) => {
            let most = MAX_WINDOW_SIZE as u64;
            let Some(first) = thresholds.first(most) else {
                return Some(Oversight { chance: 0.0, calls: most });
            };
            let first = first.max(u64::from(thresholds.largest_min));
            let sizes = varying_sizes(&thresholds, first, |first, _| Some(first));
            sizes.into_iter().map(of).min_by(|one, other| one.chance.total_cmp(&other.chance))?
        }
    };
    Some(worst).filter(|worst| worst.chance < NEARLY_CERTAIN)
}

/// The worst numbers of calls in a time window, from `first` up: those that need more failures than one call fewer, or
/// fewer failures than one call more. `choose` takes the first or the last of a range of sizes that need equally many
/// failures. With still more calls, chance evens out.
fn varying_sizes(
    thresholds: &Thresholds<'_>,
    first: u64,
    choose: impl Fn(u64, u64) -> Option<u64>,
) -> Vec<u64> {
    const STEPS: usize = 6;
    let most = MAX_WINDOW_SIZE as u64;
    let (mut sizes, mut start, mut least) = (Vec::new(), first, 0);
    for _ in 0..STEPS {
        least = thresholds.least(start, 0, least);
        let is_alike = |calls| calls <= most && thresholds.least(calls, 0, least) == least;
        let (mut end, mut beyond) = (start, start + 1);
        while is_alike(beyond) {
            (end, beyond) = (beyond, beyond + 2 * (beyond - start));
        }
        beyond = beyond.min(most + 1).max(end + 1);
        while beyond - end > 1 {
            let middle = end + (beyond - end) / 2;
            if is_alike(middle) {
                end = middle;
            } else {
                beyond = middle;
            }
        }
        sizes.extend(choose(start, end));
        if beyond > most {
            break;
        }
        start = beyond;
    }
    sizes
}

/// The chance of noticing an outage within a window of `calls` calls, which replace as many good ones. An upper
/// bound if a streak makes the exact chance too laborious.
fn noticed(thresholds: &Thresholds<'_>, calls: u64, share: f64) -> f64 {
    let has_streaks = thresholds.streaks.len() > 1;
    let played = has_streaks.then(|| replacing(thresholds, calls, share, EFFORT_TO_NOTICE)).flatten();
    played.unwrap_or_else(|| noticed_at_most(thresholds, calls, share))
}

/// An upper bound on that chance, which is exact for a rule with a single condition on failures.
fn noticed_at_most(thresholds: &Thresholds<'_>, calls: u64, share: f64) -> f64 {
    let mut overlooked = 1.0;
    for streak in &thresholds.streaks {
        let least = thresholds.least(calls, *streak, calls);
        let enough = at_least(least.max(u64::from(*streak)), calls, share);
        let chance = if *streak == 0 { enough } else { enough.min(has_run(*streak, calls, share)) };
        // The events make each other likelier, so the product is a lower bound on the chance of overlooking it.
        overlooked *= 1.0 - chance;
    }
    1.0 - overlooked
}

/// The chance that at least `streak` of `calls` calls fail in a row.
fn has_run(streak: u32, calls: u64, share: f64) -> f64 {
    let length = streak as usize;
    if calls < u64::from(streak) {
        return 0.0;
    }
    let run = share.powf(f64::from(streak));
    // By the number of calls, from 0 on: the chance that there was no such run.
    let mut without = vec![1.0; length];
    without.push(1.0 - run);
    while (without.len() as u64) <= calls && without.last().is_some_and(|last| *last > 1e-6) {
        // The run ends with this call, and began after a success.
        let ends = (1.0 - share) * run * without[without.len() - length - 1];
        without.push(without[without.len() - 1] - ends);
    }
    1.0 - without[without.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::{FalseAlarm, NEARLY_CERTAIN, false_alarm, has_run, noticed, oversight};
    use crate::figures::thresholds::{Thresholds, UnknownPart};
    use crate::model::rule::Rule;
    use crate::model::window::Window;

    fn rule(text: &str) -> Rule {
        text.parse().unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
    }

    fn window(text: &str) -> Window {
        text.parse().unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
    }

    #[test]
    fn false_alarms_are_detected() {
        let (hundred, minute) = ("count(100)", "time(60s)");
        for (text, window_text, normal, expected) in [
            ("min(10) & failure_rate(0.5)", hundred, 0.05, "-"),
            ("min(10) & failure_rate(0.5)", hundred, 0.3, "first"),
            ("min(100) & failure_rate(0.5)", hundred, 0.3, "once"),
            ("min(100) & failure_rate(0.5)", hundred, 0.2, "-"),
            ("min(20) & failure_rate(0.3)", hundred, 0.2, "once"),
            ("failure_streak(5)", hundred, 0.05, "-"),
            ("failure_streak(4)", hundred, 0.05, "once"),
            ("failures(5)", "count(10)", 0.05, "once"),
            ("failures(5)", hundred, 0.05, "once"),
            ("min(10) & failure_rate(0.5)", minute, 0.02, "-"),
            ("min(10) & failure_rate(0.5)", minute, 0.05, "once"),
            ("min(30) & failure_rate(0.5)", minute, 0.05, "-"),
            // Regression: the first call reaches the bound exactly, and its chance was taken for the whole.
            ("min(1) & failure_rate(0.2)", "count(20)", 0.001, "first"),
            // Sooner or later, in a busy minute.
            ("failures(50)", minute, 0.001, "first"),
            // Regression: the streak alone then decides, and the last failure may complete it.
            ("failures(50) & failure_streak(1)", minute, 0.001, "once"),
            ("failures(50) & failure_streak(2)", minute, 0.002, "once"),
            ("failures(50) & failure_streak(3)", minute, 0.002, "-"),
            // Conditions on durations are left out.
            ("failures(5) & slow_rate(0.1, 1s)", hundred, 0.05, "-"),
            ("min(100000) & failure_rate(0.06)", "count(1000000)", 0.05, "-"),
            ("min(100000) & failure_rate(0.051)", "count(1000000)", 0.05, "first"),
        ] {
            let found = match false_alarm(rule(text).nodes(), &window(window_text), normal) {
                None => "-",
                Some(FalseAlarm::First(chance, _)) if chance > 1e-3 => "first",
                Some(FalseAlarm::Repeated(calls, _)) if calls < 1e6 => "once",
                Some(alarm) => panic!("{text}: {alarm:?}"),
            };
            assert_eq!(found, expected, "{text} with {window_text} at {normal}");
        }
    }

    #[test]
    fn overlooked_outages_are_detected() {
        let (hundred, minute) = ("count(100)", "time(60s)");
        for (text, window_text, outage, is_noticed) in [
            ("min(10) & failure_rate(0.5)", hundred, 0.5, false),
            ("min(10) & failure_rate(0.5)", hundred, 0.6, false),
            ("min(10) & failure_rate(0.5)", hundred, 0.62, true),
            ("min(10) & failure_rate(0.5)", minute, 0.6, false),
            ("min(10) & failure_rate(0.5)", minute, 0.9, true),
            ("failure_streak(5)", hundred, 0.5, false),
            ("failure_streak(5)", hundred, 0.8, true),
            ("failures(10)", hundred, 0.2, true),
            ("failures(10)", hundred, 0.1, false),
            ("min(10) & slow_rate(0.5, 1s)", hundred, 0.1, true),
        ] {
            let found = oversight(rule(text).nodes(), &window(window_text), outage, UnknownPart::Holds);
            assert_eq!(found.is_none(), is_noticed, "{text} with {window_text} at {outage}: {found:?}");
        }
    }

    /// Regression: the chances of alternatives were added up, so a rule was believed to notice more than it does.
    #[test]
    fn chances_to_notice_an_outage_agree_with_enumeration() {
        for text in [
            "min(4) & failure_rate(0.5)",
            "failures(5)",
            "failure_streak(3)",
            "failure_streak(3) | failure_streak(5)",
            "failures(3) & failure_streak(2) | min(1) & failure_rate(0.9)",
            "failures(5) & failure_streak(1) | min(1) & failure_rate(0.3)",
            "failures(4) & failure_streak(2)",
            "min(5) & (failure_rate(0.9) | failure_streak(2))",
        ] {
            let rule = rule(text);
            let thresholds = Thresholds::of(rule.nodes(), UnknownPart::Holds);
            for (calls, share) in
                [7, 9].into_iter().flat_map(|calls| [0.3_f64, 0.5, 0.8].map(|share| (calls, share)))
            {
                let mut exact = 0.0;
                for sequence in 0..1_u32 << calls {
                    let failed = |call: u32| sequence >> call & 1 == 1;
                    let trips = (1..=calls).any(|made| {
                        let failures = (0..made).filter(|call| failed(*call)).count() as u64;
                        let streak = (0..made).rev().take_while(|call| failed(*call)).count() as u32;
                        thresholds.trip(u64::from(calls), failures, streak)
                    });
                    if trips {
                        let failures = sequence.count_ones().cast_signed();
                        exact += share.powi(failures) * (1.0 - share).powi(calls.cast_signed() - failures);
                    }
                }
                let found = noticed(&thresholds, u64::from(calls), share);
                // A chance that is high enough is not computed any further.
                let is_same = (found - exact).abs() < 1e-6 || found.min(exact) >= NEARLY_CERTAIN;
                assert!(is_same, "{text}: {calls} calls at {share}: {found} {exact}");
            }
        }
    }

    #[test]
    fn run_chances_agree_with_enumeration() {
        for (streak, calls) in [(1, 1), (1, 9), (3, 9), (9, 9), (4, 12)] {
            for share in [0.1_f64, 0.5, 0.9] {
                let mut exact = 0.0;
                for sequence in 0..1_u32 << calls {
                    let mut run = sequence;
                    (1..streak).for_each(|_| run &= run >> 1);
                    let failures = sequence.count_ones().cast_signed();
                    if run != 0 {
                        exact += share.powi(failures) * (1.0 - share).powi(calls - failures);
                    }
                }
                let found = has_run(streak, calls as u64, share);
                assert!((found - exact).abs() < 1e-5, "{streak} of {calls} at {share}: {found} {exact}");
            }
        }
        assert!(has_run(10, 9, 0.9) < 1e-15);
    }

    /// The macros make these checks at compile time, so even large windows must be quick: for any rule, only a limited
    /// number of figures is computed, and they suffice to judge the rule, or it is left alone.
    #[test]
    fn rules_on_the_largest_windows_are_judged() {
        const SHARES: [f64; 4] = [1e-9, 0.05, 0.999_999, 1.0];
        let (million, day) = ("count(1000000)", "time(24h)");
        // For each share: no alarm (`-`), one while the window fills (`f`), or repeated ones (`a`); and whether an
        // outage is noticed.
        for (text, window_text, alarms, noticed) in [
            ("min(1) & failure_rate(0.000001)", million, "-aaa", "-+++"),
            ("min(1) & failure_rate(0.000001)", day, "-fff", "--++"),
            ("min(500000) & failure_rate(0.0525)", million, "--aa", "--++"),
            ("min(500000) & failure_rate(0.0525)", day, "--aa", "--++"),
            ("min(100000) & failure_rate(0.5) | failure_streak(100000)", million, "--aa", "--++"),
            ("min(100000) & failure_rate(0.5) | failure_streak(100000)", day, "--aa", "--++"),
            ("min(1000000) & failure_rate(0.05)", million, "-faa", "--++"),
            ("min(1000000) & failure_rate(0.05)", day, "-fff", "--++"),
            ("failures(1000000)", million, "--fa", "---+"),
            ("failures(1000000)", day, "--ff", "---+"),
            ("failure_streak(7) & failures(500000)", million, "--aa", "--++"),
            ("failure_streak(7) & failures(500000)", day, "--aa", "---+"),
        ] {
            let (rule, window) = (rule(text), window(window_text));
            let alarm = |share| match false_alarm(rule.nodes(), &window, share) {
                None => '-',
                Some(FalseAlarm::First(..)) => 'f',
                Some(FalseAlarm::Repeated(..)) => 'a',
            };
            let is_noticed = |share| {
                if oversight(rule.nodes(), &window, share, UnknownPart::Holds).is_none() { '+' } else { '-' }
            };
            let found: [String; 2] =
                [SHARES.map(alarm), SHARES.map(is_noticed)].map(|signs| signs.iter().collect());
            assert_eq!(found, [alarms, noticed], "{text} with {window_text}");
        }
    }
}
