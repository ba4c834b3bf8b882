//! A simulation of recovery; its tables are in the documentation, `fluxgate/docs/recovery.md`.
//!
//! `FLUXGATE_BLESS=1 cargo test --package fluxgate-tests --test recovery` rewrites them.
#![allow(clippy::unchecked_time_subtraction)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use fluxgate::permit::{self, Permit};
use fluxgate::retry::{self, Retry};
use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Clock, Outcome, State, trip, window};
use fluxgate_tests::fixture::{Heard, millis, seconds};

/// Ends in the middle of a wait.
const OUTAGE: Duration = seconds(65);
const WATCHED: Duration = seconds(600);
const RUNS: u64 = 3;

fn breaker(retry: Retry, permit: Permit) -> (CircuitBreaker, ManualClock, Heard) {
    let (clock, heard) = (ManualClock::new(), Heard::default());
    let breaker = CircuitBreaker::builder("simulated")
        .window(window::count(100))
        .trip(trip::min(10) & trip::failure_rate(0.5))
        .retry(retry)
        .permit(permit)
        .clock(clock.clone())
        .listener(heard.listener())
        .build();
    (breaker.expect("valid"), clock, heard)
}

/// What became of a service after an outage.
#[derive(Clone, Copy, Debug)]
struct Recovery {
    closed_after: Option<Duration>,
    calls_until_closed: u64,
    reopened: usize,
    admitted: u64,
    calls: u64,
}

/// Dead for a while, then failing `failing` of a hundred calls.
fn recover(seed: u64, failing: u32, calls_per_second: u32, permit: Permit) -> Recovery {
    // The breaker and the service each draw from their own generator.
    fluxgate::testing::seed(seed);
    let mut random = fastrand::Rng::with_seed(seed + 1);
    let (breaker, clock, heard) = breaker(retry::cooldown(seconds(10)), permit);
    let pause = seconds(1) / calls_per_second;
    let mut recovery =
        Recovery { closed_after: None, calls_until_closed: 0, reopened: 0, admitted: 0, calls: 0 };
    let mut before = None;
    while clock.now() < OUTAGE + WATCHED {
        let over = clock.now() >= OUTAGE;
        if over {
            before.get_or_insert_with(|| heard.all().len());
        }
        recovery.calls += u64::from(over);
        if let Ok(call) = breaker.acquire() {
            recovery.admitted += u64::from(over);
            let failed = !over || random.u32(0..100) < failing;
            call.record(if failed { Outcome::Failure } else { Outcome::Success });
        }
        if over && recovery.closed_after.is_none() && breaker.state() == State::Closed {
            recovery.closed_after = Some(clock.now() - OUTAGE);
            recovery.calls_until_closed = recovery.admitted;
        }
        clock.advance(pause);
    }
    if recovery.closed_after.is_none() {
        recovery.calls_until_closed = recovery.admitted;
    }
    recovery.reopened =
        heard.steps()[before.unwrap_or_default()..].iter().filter(|step| step.1 == State::Open).count();
    recovery
}

fn median<T: Ord>(mut values: Vec<T>) -> T {
    values.sort();
    let middle = values.len() / 2;
    values.swap_remove(middle)
}

/// The runs behind one row of the table.
fn runs(failing: u32, calls_per_second: u32, permit: Permit) -> Vec<Recovery> {
    (0..RUNS).map(|run| recover(1_000 * run, failing, calls_per_second, permit)).collect()
}

fn line(runs: &[Recovery]) -> String {
    let of = |value: fn(&Recovery) -> u64| median(runs.iter().map(value).collect());
    let closed_after = median(runs.iter().map(|run| run.closed_after.unwrap_or(Duration::MAX)).collect());
    let closed_after = match closed_after {
        Duration::MAX => "never".to_owned(),
        after => format!("{:.1} s", after.as_secs_f64()),
    };
    let (until, reopened) = (of(|run| run.calls_until_closed), of(|run| run.reopened as u64));
    let admitted = of(|run| run.admitted * 1_000 / run.calls);
    format!("{closed_after} | {until} | {reopened} | {}.{}%", admitted / 10, admitted % 10)
}

fn outages() -> String {
    let mut table = String::from(
        "| failing | calls per second | permit | closed after | calls until then | re-opened | admitted |\n\
         |--:|--:|---|--:|--:|--:|--:|\n",
    );
    for failing in [0, 5, 20, 40, 60, 100] {
        for calls_per_second in [1, 10, 100, 1_000] {
            let permits = [("`all`", permit::all()), ("ramp", permit::ramp_up(0.1, 1.0, seconds(60)))];
            for (name, permit) in permits {
                let runs = runs(failing, calls_per_second, permit);
                check(failing, calls_per_second, permit, &runs);
                writeln!(table, "| {failing}% | {calls_per_second} | {name} | {} |", line(&runs))
                    .expect("a string takes it");
            }
        }
    }
    table
}

/// A healthy service always recovers; a dead one never does, and costs few calls.
fn check(failing: u32, calls_per_second: u32, permit: Permit, runs: &[Recovery]) {
    let ramp = if permit == permit::all() { Duration::ZERO } else { seconds(60) };
    for run in runs {
        match failing {
            0 | 5 => {
                let after = run.closed_after.expect("it gets back");
                // The rest of a cooldown, a trial of up to 10 calls, and the ramp, which admits a tenth at first.
                let trial = seconds(10) / calls_per_second;
                assert!(after <= seconds(11) + trial * 2 + ramp * 2, "{failing}% failing, {after:?}");
                assert_eq!(run.reopened, 0);
            }
            100 => {
                assert_eq!(run.closed_after, None);
                assert!(run.reopened >= 10);
                assert!(run.admitted <= 5 * 61, "5 calls each 10 s, not {}", run.admitted);
            }
            _ => {}
        }
    }
}

/// How long the breaker was open each time, for a service that dies whenever it has been closed for 5 s.
fn flap(retry: Retry) -> Vec<Duration> {
    let (breaker, clock, heard) = breaker(retry, permit::all());
    let mut closed_at = None;
    while heard.steps().iter().filter(|step| step.1 == State::Open).count() < 8 {
        let dead = match (breaker.state(), closed_at) {
            (State::Closed, Some(closed_at)) => clock.now() - closed_at >= seconds(5),
            (State::Closed, None) => true,
            _ => false,
        };
        if let Ok(call) = breaker.acquire() {
            if dead { call.failure() } else { call.success() }
        }
        if heard.steps().last().is_some_and(|step| step.1 == State::Closed) {
            closed_at.get_or_insert(clock.now());
        } else {
            closed_at = None;
        }
        clock.advance(millis(100));
    }
    heard.all().iter().filter_map(|transition| transition.retry_after).collect()
}

fn flapping() -> String {
    let open = |retry| -> Vec<u64> { flap(retry).iter().map(Duration::as_secs).collect() };
    let (cooldown, backoff) = (open(retry::cooldown(seconds(10))), open(retry::backoff(seconds(10))));
    assert_eq!(cooldown, [10; 8]);
    assert_eq!(backoff, [10, 20, 40, 80, 160, 300, 300, 300]);
    let row = |name: &str, delays: &[u64]| {
        let delays: Vec<String> = delays.iter().map(|seconds| format!("{seconds} s")).collect();
        format!("| {name} | {} |\n", delays.join(" | "))
    };
    format!(
        "| open for | 1st | 2nd | 3rd | 4th | 5th | 6th | 7th | 8th |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n{}{}",
        row("`cooldown(10s)`", &cooldown),
        row("`backoff(10s)`", &backoff)
    )
}

/// What happens to a request: an attempt after this many others, or the end of a call and whether it is good.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Attempt(u32),
    End(usize, bool),
}

/// How long callers wait after a refusal.
#[derive(Clone, Copy)]
enum Manners {
    /// For as long as the refusal says.
    AsTold,
    /// And up to a pause more, at random.
    Spread,
}

/// What percentage of the requests succeeds in the last five of 20 minutes, and how often the breaker has opened by then, if a service that
/// can answer three times the usual traffic is down for half a minute. Callers give up after a second, but the
/// service answers what it has taken, up to two seconds of work. Requests are tried four times.
fn with_callers_who_come_back(pause: Duration, manners: Manners) -> (f64, usize) {
    const BETWEEN: Duration = millis(10);
    const TAKES: Duration = Duration::from_micros(3_333);
    const PATIENCE: Duration = seconds(1);
    fluxgate::testing::seed(7);
    let mut random = fastrand::Rng::with_seed(7);
    let (breaker, clock, heard) = breaker(retry::cooldown(pause), permit::ramp_up(0.1, 1.0, seconds(60)));
    let mut events = BinaryHeap::from([Reverse((Duration::ZERO, Event::Attempt(0)))]);
    let (mut calls, mut idle_from) = (Vec::new(), Duration::ZERO);
    let (mut requests, mut answered) = (0, 0);
    while let Some(Reverse((now, event))) = events.pop()
        && now < seconds(1_200)
    {
        clock.advance(now - clock.now());
        let counts = u32::from(now >= seconds(900));
        let again = match event {
            Event::Attempt(nth) => {
                if nth == 0 {
                    requests += counts;
                    events.push(Reverse((now + BETWEEN, Event::Attempt(0))));
                }
                match breaker.acquire() {
                    Ok(call) => {
                        let is_down = (seconds(60)..seconds(90)).contains(&now);
                        let answer = idle_from.max(now) + TAKES;
                        let is_taken = !is_down && answer <= now + PATIENCE * 2;
                        if is_taken {
                            idle_from = answer;
                        }
                        let good = is_taken && answer <= now + PATIENCE;
                        let end = if is_taken { answer.min(now + PATIENCE) } else { now + TAKES };
                        events.push(Reverse((end, Event::End(calls.len(), good))));
                        calls.push(Some((call, nth)));
                        None
                    }
                    Err(refusal) => {
                        let told = refusal.retry_after().expect("it tries again");
                        let more = match manners {
                            Manners::AsTold => Duration::ZERO,
                            Manners::Spread => pause.mul_f64(random.f64()),
                        };
                        Some((nth, told + more))
                    }
                }
            }
            Event::End(number, good) => {
                let (call, nth) = calls[number].take().expect("a call ends once");
                answered += counts * u32::from(good);
                call.record(if good { Outcome::Success } else { Outcome::Failure });
                (!good).then_some((nth, PATIENCE))
            }
        };
        if let Some((nth, wait)) = again
            && nth < 3
        {
            // Timers are not exact.
            let late = Duration::from_micros(random.u64(0..20_000));
            events.push(Reverse((now + wait + late, Event::Attempt(nth + 1))));
        }
    }
    let openings = heard.steps().iter().filter(|step| step.1 == State::Open).count();
    (f64::from(answered) * 100.0 / f64::from(requests), openings)
}

fn crowds() -> String {
    let mut table = String::from(
        "| pause | callers wait | succeed in the end | opened |\n\
         |--:|---|--:|--:|\n",
    );
    for pause in [10, 60, 300] {
        for (name, manners) in
            [("as told", Manners::AsTold), ("as told, and up to a pause more", Manners::Spread)]
        {
            let (succeed, opened) = with_callers_who_come_back(seconds(pause), manners);
            writeln!(table, "| {pause} s | {name} | {succeed:.0}% | {opened} |").expect("a string takes it");
            assert!(matches!(manners, Manners::AsTold) || succeed > 99.0, "{succeed}% after {pause} s");
        }
    }
    table
}

/// Replaces the table between its marks.
fn insert(page: &str, mark: &str, table: &str) -> String {
    let begin = format!("<!-- {mark} -->\n");
    let (before, rest) = page.split_once(&begin).expect("the page has the mark");
    let (_, after) = rest.split_once("<!-- end -->").expect("the table has an end");
    format!("{before}{begin}{table}<!-- end -->{after}")
}

#[test]
fn the_documentation_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fluxgate/docs/recovery.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let simulated = [("outage", outages()), ("flapping", flapping()), ("crowds", crowds())]
        .iter()
        .fold(page.clone(), |page, (mark, table)| insert(&page, mark, table));
    if std::env::var_os("FLUXGATE_BLESS").is_some() {
        std::fs::write(&path, &simulated).expect("the page can be written");
        return;
    }
    assert!(page == simulated, "rewrite it with FLUXGATE_BLESS=1:\n{simulated}");
}
