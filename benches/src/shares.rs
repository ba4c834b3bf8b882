//! What failing calls and refusals cost one thread, and whether two threads that share a breaker get more done than one.

use std::hint::black_box;
use std::time::Duration;

use fluxgate::trip::Rule;
use fluxgate::window::{self, Window};
use fluxgate::{CircuitBreaker, retry, trip};

use crate::rounds::{Case, Figure, measure};
use crate::work::{FAILS, ok, work};
use crate::{table, threads};

const ROUND: Duration = Duration::from_millis(2);

/// One in this many calls fails; 0 means none.
const SHARES: [(&str, u64); 5] = [("healthy", 0), ("0.1%", 1_000), ("1%", 100), ("10%", 10), ("100%", 1)];

struct Subject {
    name: &'static str,
    run: Box<dyn Fn(u64) -> u64 + Sync>,
}

/// The table, as text.
pub fn report(rounds: usize) -> String {
    let subjects = subjects();
    let mut cases: Vec<Case<'_>> = Vec::new();
    for Subject { name, run } in &subjects {
        cases.push(Case::timed(*name, move |times| threads::one(run, times)));
        cases.push(Case::timed(*name, move |times| threads::two(run, times)));
    }
    let figures = measure(&mut cases, rounds, ROUND);
    let mut rows = vec![["ns per call", "1 thread", "2 threads", "scaling"].map(str::to_owned).to_vec()];
    for (subject, [one, two]) in subjects.iter().zip(figures.as_chunks().0) {
        let cell = |it: &Figure| format!("{:.1} ±{:.0}%", it.median, it.spread() * 100.0);
        let scaling = one.median / two.median;
        rows.push(vec![subject.name.to_owned(), cell(one), cell(two), format!("{scaling:.2}")]);
    }
    table::render(&rows)
}

fn subjects() -> Vec<Subject> {
    const SECOND: Duration = Duration::from_secs(1);
    let minute = window::time(Duration::from_secs(60));
    let hundred = window::count(100);
    let rate = || trip::min(10) & trip::failure_rate(0.5);
    // Constant failures must not trip it.
    let never =
        || trip::closed() & trip::failure_streak(u32::MAX) | trip::half_open() & trip::failure_streak(1);
    let mut subjects = vec![
        Subject { name: "bare call", run: Box::new(|times| calls(times, 0, |input| ok(work(input)))) },
        Subject { name: "bare call, 10%", run: Box::new(|times| calls(times, 10, |input| ok(work(input)))) },
    ];
    for (window, besides, name) in [
        (hundred, None, "count"),
        (minute, None, "time"),
        (hundred, Some(trip::slow_rate(0.5, SECOND)), "slow_rate"),
        (hundred, Some(trip::avg_latency(SECOND)), "avg_latency"),
    ] {
        for (share, every) in SHARES {
            let failures = if every == 1 { never() } else { rate() };
            let rule = match &besides {
                None => failures,
                Some(condition) => failures | trip::min(10) & condition.clone(),
            };
            let breaker = breaker(window, rule);
            let name = format!("{name}, {share}").leak();
            subjects.push(Subject {
                name,
                run: Box::new(move |times| calls(times, every, |input| ok(breaker.call(|| work(input))))),
            });
        }
    }
    for (name, change) in [
        ("refused", CircuitBreaker::trip as fn(&CircuitBreaker)),
        ("forced open", CircuitBreaker::force_open),
        ("disabled", CircuitBreaker::disable),
    ] {
        let breaker = breaker(hundred, rate());
        change(&breaker);
        subjects.push(Subject {
            name,
            run: Box::new(move |times| calls(times, 0, |input| ok(breaker.call(|| work(input))))),
        });
    }
    subjects
}

/// This many calls, one in `every` of which fails.
#[inline]
fn calls(times: u64, every: u64, once: impl Fn(u64) -> bool) -> u64 {
    let mut until_failure = every;
    let mut succeeded = 0;
    for index in 0..times {
        let mut input = index;
        if every != 0 {
            until_failure -= 1;
            if until_failure == 0 {
                until_failure = every;
                input = FAILS;
            }
        }
        succeeded += u64::from(once(black_box(input)));
    }
    succeeded
}

fn breaker(window: Window, rule: Rule) -> CircuitBreaker {
    CircuitBreaker::builder("bench")
        .window(window)
        .trip(rule)
        .retry(retry::cooldown(Duration::from_secs(24 * 60 * 60)))
        .build()
        .expect("a configuration within its limits")
}
