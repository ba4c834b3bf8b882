//! What `trip::Rule::explain` says about a rule, compared with what breakers do.
#![allow(missing_docs)]

use fluxgate::trip::Rule;
use fluxgate::{CircuitBreaker, State, permit, retry, window};

fn read(rule: &str) -> Rule {
    rule.parse().unwrap_or_else(|problem| panic!("{rule}: {problem}"))
}

/// A breaker with this rule that retries at once.
fn breaker(rule: &str, size: usize) -> CircuitBreaker {
    CircuitBreaker::builder("figures")
        .window(window::count(size))
        .trip(read(rule))
        .retry(retry::always())
        .permit(permit::all())
        .build()
        .unwrap()
}

/// Makes at most `most` calls, this share of them failing, until the breaker changes state. Returns how many it took.
fn changes_after(breaker: &CircuitBreaker, share: f64, most: u64, random: &mut fastrand::Rng) -> Option<u64> {
    let state = breaker.state();
    (1..=most).find(|_| {
        let call = breaker.acquire().expect("closed, or on trial");
        if random.f64() < share {
            call.failure();
        } else {
            call.success();
        }
        breaker.state() != state
    })
}

const RULES: [(&str, usize); 9] = [
    ("failure_rate(0.2, sure = 0.8)", 100),
    ("min(10) & failure_rate(0.5)", 100),
    ("min(20) & failure_rate(0.3)", 100),
    ("min(30) & failure_rate(0.4)", 200),
    ("min(10) & failure_rate(0.5) | failure_streak(5)", 100),
    ("failures(8)", 50),
    ("failure_streak(4)", 100),
    ("min(5) & failure_rate(0.6)", 9),
    ("closed & min(50) & failure_rate(0.3) | half_open & min(5) & failures(3)", 60),
];

/// The stated chances are within one percentage point, or within the expected deviation of this many breakers.
#[test]
fn breakers_open_as_often_as_the_figures_say() {
    const BREAKERS: u32 = 800;
    let mut random = fastrand::Rng::with_seed(15);
    for (rule, size) in RULES {
        let breaker = breaker(rule, size);
        let explanation = read(rule).explain(window::count(size)).unwrap();
        for share in [0.1, 0.2, 0.3, 0.4] {
            let opened: Vec<_> = (0..BREAKERS)
                .map(|_| {
                    breaker.reset();
                    changes_after(&breaker, share, 1_000, &mut random)
                })
                .collect();
            for calls in [20, size as u64, 250, 1_000] {
                let count = opened.iter().flatten().filter(|after| **after <= calls).count();
                let (found, said) =
                    (count as f64 / f64::from(BREAKERS), explanation.chance_to_open(share, calls));
                let deviation = (said * (1.0 - said) / f64::from(BREAKERS)).sqrt();
                let allowed = 4.0 * deviation + if calls > size as u64 { 0.01 } else { 0.001 };
                assert!(
                    (found - said).abs() < allowed,
                    "{rule} of {size}: {calls} at {share}: {found}, not {said}"
                );
            }
        }
    }
}

#[test]
fn breakers_open_as_soon_as_the_figures_say() {
    const BREAKERS: u32 = 400;
    let mut random = fastrand::Rng::with_seed(16);
    for (rule, size) in RULES {
        let breaker = breaker(rule, size);
        let explanation = read(rule).explain(window::count(size)).unwrap();
        for share in [0.35, 0.5, 0.8] {
            let said = explanation.calls_to_open(share);
            if said > 5_000.0 {
                continue;
            }
            let calls = (0..BREAKERS).map(|_| {
                breaker.reset();
                changes_after(&breaker, share, u64::MAX, &mut random).expect("it opens") as f64
            });
            let calls: Vec<_> = calls.collect();
            let mean = calls.iter().sum::<f64>() / f64::from(BREAKERS);
            let variance =
                calls.iter().map(|calls| (calls - mean).powi(2)).sum::<f64>() / f64::from(BREAKERS);
            let allowed = 4.0 * (variance / f64::from(BREAKERS)).sqrt() + 0.03 * said;
            assert!((mean - said).abs() < allowed, "{rule} of {size} at {share}: {mean}, not {said}");
        }
    }
}

#[test]
fn trials_end_as_the_figures_say() {
    const TRIALS: u32 = 1_000;
    let mut random = fastrand::Rng::with_seed(17);
    for (rule, size) in RULES {
        let breaker = breaker(rule, size);
        let explanation = read(rule).explain(window::count(size)).unwrap();
        for share in [0.0, 0.1, 0.4, 0.6, 1.0] {
            let said = explanation.trial(share).expect("not too long");
            let (mut passed, mut calls) = (0, 0);
            for _ in 0..TRIALS {
                breaker.trip();
                // The first call starts the trial.
                let first = breaker.acquire().expect("a trial");
                if random.f64() < share {
                    first.failure();
                } else {
                    first.success();
                }
                calls += 1;
                if breaker.state() == State::HalfOpen {
                    calls += changes_after(&breaker, share, 1_000, &mut random).expect("every trial ends");
                }
                passed += u32::from(breaker.state() == State::Closed);
            }
            let (found, mean) = (f64::from(passed) / f64::from(TRIALS), calls as f64 / f64::from(TRIALS));
            let allowed = 4.0 * (said.passes * (1.0 - said.passes) / f64::from(TRIALS)).sqrt() + 1e-9;
            assert!((found - said.passes).abs() < allowed, "{rule} at {share}: {found}, not {said:?}");
            assert!((mean - said.calls).abs() < 0.05 * said.calls, "{rule} at {share}: {mean}, not {said:?}");
        }
    }
}

#[test]
fn an_explanation_is_a_page() {
    let explanation = read("min(10) & failure_rate(50%)").explain(window::count(100)).unwrap();
    let page = explanation.clone().at_rate(100.0).to_string();
    assert!(page.starts_with("A closed breaker looks at the last 100 calls."), "{page}");
    assert!(page.contains("time until"), "{page}");
    assert!(!explanation.to_string().contains("time until"));
    assert!(page.lines().all(|line| line.len() <= 140), "{page}");
    // One in five breakers, if the service steadily fails 30% of its calls.
    assert!((explanation.chance_to_open(0.3, 100) - 0.2).abs() < 0.005);
    // Values that are not shares count as the nearest one.
    assert!(explanation.chance_to_open(f64::NAN, 100) < 1e-15);
    assert!(explanation.chance_to_open(7.0, 100) > 1.0 - 1e-15);
    assert!(explanation.calls_to_open(-1.0).is_infinite());
}

#[test]
fn errors_are_worded_as_by_the_compiler() {
    let rule = read("min(10) & failure_rate(0.5)");
    let error = rule.explain(window::count(5)).unwrap_err();
    assert!(error.to_string().contains("its window remembers 5 calls"), "{error}");
    let error = rule.explain(window::count(0)).unwrap_err();
    assert_eq!(error.problems()[0].setting(), "window");
}

#[test]
fn the_nearest_rule_is_accepted() {
    let rule = read("min(10) & failure_rate(0.5)");
    let explanation = rule.explain(window::count(100)).unwrap();
    let (normal, outage) = (explanation.highest_normal().unwrap(), explanation.lowest_outage().unwrap());
    let build = |rule: Rule, normal, outage| {
        let builder = CircuitBreaker::builder("expected").trip(rule).normal(normal);
        builder.outage(outage).build().map_err(|error| error.to_string())
    };
    build(rule.clone(), normal, outage).unwrap();
    let refused = build(rule.clone(), normal + 0.001, outage).unwrap_err();
    assert!(refused.contains("healthy breaker"), "{refused}");
    let refused = build(rule.clone(), normal, outage - 0.001).unwrap_err();
    assert!(refused.contains("an outage in which"), "{refused}");
    let nearest = explanation.nearest(Some(0.2), None).unwrap();
    assert_eq!(nearest.to_string(), "min(25) & failure_rate(0.5)");
    build(nearest, 0.2, 0.7).unwrap();
    assert_eq!(explanation.nearest(Some(0.05), None), Some(rule.clone()));
    assert_eq!(explanation.nearest(Some(0.2), Some(0.3)), None);
    let refused = build(rule, 1.5, 0.0).unwrap_err();
    assert!(
        refused.contains("`normal`: `1.5` is out of range") && refused.contains("`outage`: `0.0`"),
        "{refused}"
    );
}

/// The page "Choosing numbers".
fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fluxgate/docs/choosing.md");
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// `13,000`, `42 million`.
fn number(text: &str) -> f64 {
    let (digits, unit) = text.split_once(' ').unwrap_or((text, ""));
    let factor = match unit {
        "" => 1.0,
        "million" => 1e6,
        "billion" => 1e9,
        _ => panic!("{text}"),
    };
    digits.replace(',', "").parse::<f64>().unwrap() * factor
}

/// To two digits, as the page rounds.
fn rounded(value: f64) -> f64 {
    let step = 10_f64.powf(value.log10().floor() - 1.0);
    (value / step).round() * step
}

#[track_caller]
fn assert_rounds_to(value: f64, stated: &str) {
    let stated = number(stated);
    assert!((rounded(value) - stated).abs() < stated / 1e6, "{value}, and the page says {stated}");
}

#[test]
fn the_page_about_numbers_shows_the_table_that_is_printed() {
    let page = page();
    let (_, table) = page.split_once("```text\n    calls ").expect("a table");
    let (table, _) = table.split_once("```").expect("its end");
    let rule = read("min(10) & failure_rate(50%)");
    let printed = rule.explain(window::count(100)).unwrap().at_rate(100.0).to_string();
    assert!(table.lines().count() > 9);
    for line in table.lines() {
        assert!(printed.contains(line), "{line}\nin\n{printed}");
    }
}

#[test]
fn the_page_about_numbers_tells_how_many_calls_it_takes() {
    let page = page();
    let (_, table) = page.split_once("| `count(100)`, calls until it opens").expect("a table");
    let rows = table.split("\n\n").next().unwrap().lines().skip(2);
    let mut cells = 0;
    for row in rows {
        let columns: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let explanation = read(columns[0].trim_matches('`')).explain(window::count(100)).unwrap();
        for (share, stated) in [0.4, 0.5, 0.6, 0.8, 1.0].into_iter().zip(&columns[1..]) {
            assert_rounds_to(explanation.calls_to_open(share), stated);
            cells += 1;
        }
    }
    assert_eq!(cells, 15);
}

#[test]
fn the_page_about_numbers_tells_what_the_figures_are() {
    let page = page().split_whitespace().collect::<Vec<_>>().join(" ");
    let explained = |rule: &str, size| read(rule).explain(window::count(size)).unwrap();
    let common = explained("min(10) & failure_rate(50%)", 100);
    let sure = explained("failure_rate(50%, sure = 95%)", 100);
    let passes = |of: &fluxgate::trip::Explanation| of.trial(0.8).unwrap().passes;
    let few = explained("min(4) & failure_rate(75%)", 20);
    for (before, stated, after, value) in [
        (
            "services that fail exactly half of their calls, ",
            "7.8",
            "%",
            sure.chance_to_open(0.5, 1_000) * 100.0,
        ),
        ("sooner or later, after ", "13,000", " calls on average", sure.calls_to_open(0.5)),
        ("within the first hundred, it is ", "1.4", "%", sure.chance_to_open(0.5, 100) * 100.0),
        ("at 40%, it is one in ", "950", " within", 1.0 / sure.chance_to_open(0.4, 1_000)),
        ("at 30% one in ", "13,000", ".", 1.0 / sure.chance_to_open(0.3, 1_000)),
        ("80% of their calls, ", "59", "% pass", passes(&sure) * 100.0),
        ("by this rule, and one in ", "160", " by the first", 1.0 / passes(&common)),
        (
            "closed while ",
            "12",
            "% fail",
            explained("min(50) & failure_rate(30%)", 100).highest_normal().unwrap() * 100.0,
        ),
        (
            "come once in ",
            "10 billion",
            " calls at 1%",
            explained("failure_streak(5)", 100).calls_to_open(0.01),
        ),
        ("of the time, one in ", "2,100", " is given up", 1.0 / few.chance_to_open(0.05, 1_000)),
        // A hundred calls a second, and five a minute.
        ("at 10% every ", "19", " minutes", explained("failure_streak(5)", 100).calls_to_open(0.1) / 6_000.0),
        ("it opens every ", "23", " days", explained("failure_streak(4)", 20).calls_to_open(0.05) / 7_200.0),
    ] {
        let sentence = format!("{before}{stated}{after}");
        assert!(page.contains(&sentence), "{sentence}");
        assert_rounds_to(value, stated);
    }
}
