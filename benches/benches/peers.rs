//! Fluxgate compared with its peers: `cargo bench --manifest-path benches/Cargo.toml --bench peers` prints one table and writes it
//! to RESULTS.md. `-- --rounds 11` is a quick look that writes nothing.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use fluxgate::{CircuitBreaker, breaker};
use fluxgate_benches::rounds::{Case, Figure, measure};
use fluxgate_benches::subjects::{self, Run, Subject};
use fluxgate_benches::work::work;
use fluxgate_benches::{machine, shapes, shares, table, threads};

const ROUNDS: usize = 61;
const ROUND: Duration = Duration::from_millis(2);

fn main() {
    let machine = machine::describe();
    machine::pin(0);
    // One peer takes its clock from a tokio runtime.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let _entered = runtime.enter();
    let subjects = subjects::all();
    subjects.iter().for_each(check);

    let arguments: Vec<String> = std::env::args().collect();
    let rounds = arguments.iter().position(|argument| argument == "--rounds").map(|index| {
        arguments.get(index + 1).and_then(|rounds| rounds.parse().ok()).expect("a number after `--rounds`")
    });
    let text = report(&machine, &subjects, rounds.unwrap_or(ROUNDS));
    println!("{text}");
    if rounds.is_none() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/RESULTS.md");
        fs::write(path, text).expect("RESULTS.md can be written");
    }
}

/// Asserts that each subject does what its column says, or its figures mean nothing.
fn check(subject: &Subject) {
    let expect = |scenario: &str, run: &Option<Run>, expected: u64| {
        if let Some(run) = run {
            assert_eq!(run(1_000), expected, "{}, {scenario}: calls of 1000 that were `Ok`", subject.name);
        }
    };
    expect("healthy", &subject.healthy, 1_000);
    expect("async", &subject.healthy_async, 1_000);
    expect("failing", &subject.failing, 900);
    expect("refused", &subject.refused, 0);
}

/// The columns of the table, each with a case for every subject that supports it.
const SCENARIOS: [(&str, Scenario); 5] = [
    ("healthy", |subject| subject.healthy.as_ref().map(|run| one_thread(run))),
    ("async", |subject| subject.healthy_async.as_ref().map(|run| one_thread(run))),
    ("10% failing", |subject| subject.failing.as_ref().map(|run| one_thread(run))),
    ("refused", |subject| subject.refused.as_ref().map(|run| one_thread(run))),
    ("2 threads", |subject| {
        subject.healthy.as_ref().or(subject.healthy_async.as_ref()).map(|run| two_threads(run))
    }),
];
type Scenario = for<'a> fn(&'a Subject) -> Option<Case<'a>>;

fn one_thread(run: &Run) -> Case<'_> {
    Case::timed("one thread", move |times| threads::one(run, times))
}

fn two_threads(run: &Run) -> Case<'_> {
    Case::timed("two threads", move |times| threads::two(run, times))
}

type Figures = [Option<Figure>; SCENARIOS.len()];

fn head() -> Vec<String> {
    let columns = SCENARIOS.iter().map(|(name, _)| *name);
    ["ns per call"].into_iter().chain(columns).chain(["scaling", "over bare"]).map(str::to_owned).collect()
}

fn row(subject: &Subject, figures: &Figures, bare: &Figures) -> Vec<String> {
    let cell = |figure: &Option<Figure>| {
        figure.map_or("-".to_owned(), |it| format!("{:.1} ±{:.0}%", it.median, it.spread() * 100.0))
    };
    let [healthy, asynchronous, .., both] = figures;
    let (one, bare) = healthy.map_or((asynchronous, bare[1]), |_| (healthy, bare[0]));
    let compare = |with: Option<Figure>, by: fn(f64, f64) -> f64, digits: usize| {
        let figures = one.zip(with);
        figures.map_or("-".to_owned(), |(one, with)| format!("{:.digits$}", by(one.median, with.median)))
    };
    let mut row = vec![subject.name.to_owned()];
    row.extend(figures.iter().map(cell));
    row.push(compare(*both, |one, both| one / both, 2));
    row.push(compare(bare, |one, bare| one - bare, 1));
    row
}

fn report(machine: &str, subjects: &[Subject], rounds: usize) -> String {
    let mut places = Vec::new();
    let mut cases = Vec::new();
    for (row, subject) in subjects.iter().enumerate() {
        for (column, (_, scenario)) in SCENARIOS.iter().enumerate() {
            if let Some(case) = scenario(subject) {
                places.push((row, column));
                cases.push(case);
            }
        }
    }
    let mut figures = vec![[None; SCENARIOS.len()]; subjects.len()];
    for ((row, column), figure) in places.into_iter().zip(measure(&mut cases, rounds, ROUND)) {
        figures[row][column] = Some(figure);
    }

    let mut rows = vec![head()];
    for (subject, own) in subjects.iter().zip(&figures) {
        rows.push(row(subject, own, &figures[0]));
    }
    let first = first_call();
    let configurations: String =
        subjects.iter().map(|subject| format!("- {}: {}\n", subject.name, subject.configuration)).collect();
    format!(
        "# Fluxgate beside its peers\n\n{machine}\n\n\
         Medians of {rounds} rounds of {} ms, all subjects in turns, threads pinned; after each, half the distance\n\
         between the quartiles. One thread: its own processor time. *2 threads*: wall time divided by the calls of both;\n\
         *scaling* is what that gains over one thread (ideal: 2). *Over bare* is the healthy call minus the bare one.\n\n{}\n\
         The first call of a Fluxgate breaker, which makes its window and registers it: {:.2} us (quartiles {:.2} and {:.2}).\n\n\
         ## Futures in a box\n\n\
         As for a trait's method or a task, which the compiler cannot inline into its caller. Most of the bare call is making the\n\
         box and calling through it.\n\n{}\n\
         ## By the share of calls that fail\n\n\
         One built breaker, called by one thread and by two: window 100 or 60 s, minimum 10, rate 50%, or 1 s for half of\n\
         the calls or on average. Where every call fails, the rule is far from holding.\n\n{}\n\
         ## Configurations\n\n{configurations}",
        ROUND.as_millis(),
        table::render(&rows),
        first.median / 1e3,
        first.low / 1e3,
        first.high / 1e3,
        shapes::report(rounds),
        shares::report(rounds),
    )
}

fn first_call() -> Figure {
    let first = |breaker: CircuitBreaker| {
        let start = Instant::now();
        let _ = black_box(breaker.call(|| work(1)));
        start.elapsed().as_nanos() as f64
    };
    Figure::of((0..1_000).map(|_| first(breaker!(trip = min(10) & failure_rate(0.5)))).collect())
}
