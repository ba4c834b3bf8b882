//! What it costs to build a breaker, alone and among many others, to find one, and to list them all: `cargo bench --bench registry
//! --no-default-features`. The most expensive single operation is shown as well: no caller should pay for the others.

use std::hint::black_box;
use std::time::Instant;

use fluxgate::{CircuitBreaker, breaker, trip, window};
use fluxgate_benches::{machine, table};

const MANY: usize = 100_000;
const OTHERS: usize = 65_535;

fn main() {
    println!("{}\n", machine::describe());
    machine::pin(0);
    // One-time work of the process.
    drop(build("first".to_owned()));

    let mut rows =
        vec![["", "median, ns", "99.9%, ns", "slowest, us", "all, ms"].map(str::to_owned).to_vec()];
    let names =
        |prefix: &str, count: usize| (0..count).map(|nth| format!("{prefix} {nth}")).collect::<Vec<_>>();

    let before = resident();
    let mut held = Vec::with_capacity(MANY);
    let (mut building, mut using) = (Times::default(), Times::default());
    for name in names("held", MANY) {
        held.push(building.time(|| build(name)));
    }
    rows.push(building.row("100,000 `build`s, held"));
    let bytes = (resident() - before) / MANY;
    for breaker in &held {
        using.time(|| breaker.call(|| Err::<(), ()>(())).is_err());
    }
    rows.push(using.row("their first calls, which fail"));
    let used = (resident() - before) / MANY;

    let mut finding = Times::default();
    for name in names("held", MANY) {
        finding.time(|| fluxgate::find(&name).is_some());
    }
    rows.push(finding.row("`find` each"));
    let mut listing = Times::default();
    for _ in 0..20 {
        listing.time(|| fluxgate::breakers().count());
    }
    rows.push(listing.row("`breakers`, all 100,000, 20 times"));
    let mut dropping = Times::default();
    for breaker in held {
        dropping.time(|| drop(breaker));
    }
    rows.push(dropping.row("`drop` each"));

    let mut alone = Times::default();
    for name in names("alone", MANY) {
        drop(alone.time(|| build(name)));
    }
    rows.push(alone.row("`build` alone, each dropped"));
    let others: Vec<_> = names("other", OTHERS).into_iter().map(build).collect();
    let mut beside = Times::default();
    for name in names("beside", MANY) {
        drop(beside.time(|| build(name)));
    }
    rows.push(beside.row("`build` beside 65,535 others, each dropped"));
    drop(others);

    // Without the checks of `build`, only the breaker itself and its entry remain.
    let namesakes: Vec<_> = (0..MANY).map(|_| breaker!(name = "namesake", window = count(100))).collect();
    let mut entering = Times::default();
    for breaker in &namesakes {
        entering.time(|| breaker.acquire().is_ok());
    }
    rows.push(entering.row("100,000 first uses of `breaker!` values of one name"));
    println!("{}", table::render(&rows));
    println!("resident bytes a breaker: {bytes} built, {used} in use, names and handles included");
}

fn build(name: String) -> CircuitBreaker {
    CircuitBreaker::builder(name)
        .window(window::count(100))
        .trip(trip::min(10) & trip::failure_rate(0.5))
        .build()
        .expect("a configuration within its limits")
}

#[derive(Default)]
struct Times(Vec<u64>);

impl Times {
    fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = black_box(work());
        self.0.push(start.elapsed().as_nanos() as u64);
        result
    }

    fn row(mut self, name: &str) -> Vec<String> {
        let all = self.0.iter().sum::<u64>() as f64 / 1e6;
        self.0.sort_unstable();
        let at = |share: f64| self.0[((self.0.len() - 1) as f64 * share) as usize];
        vec![
            name.to_owned(),
            at(0.5).to_string(),
            at(0.999).to_string(),
            format!("{:.1}", at(1.0) as f64 / 1e3),
            format!("{all:.1}"),
        ]
    }
}

/// The resident memory of the process; 0 if unknown.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}
