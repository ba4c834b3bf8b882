//! The cost of a boxed future, as in a trait's method or a task: the compiler cannot inline it into its caller.

use std::hint::black_box;
use std::pin::Pin;
use std::time::Duration;

use failsafe::{Config, backoff, failure_policy};
use fluxgate::{CircuitBreaker, Error, breaker, circuit_breaker};
use recloser::{AsyncRecloser, Recloser};

use crate::rounds::{Case, Figure, measure};
use crate::work::{Failure, ok, ready, work_async, work_waiting};
use crate::{table, threads};

const ROUND: Duration = Duration::from_millis(2);
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

type Boxed<E> = Pin<Box<dyn Future<Output = Result<u64, E>> + Send>>;
type Run = Box<dyn Fn(u64) -> u64>;

struct Subject {
    name: &'static str,
    /// The body is ready at once, or waits once.
    shapes: [Run; 2],
}

/// The table, as text.
pub fn report(rounds: usize) -> String {
    let subjects = subjects();
    let mut cases: Vec<Case<'_>> = Vec::new();
    for Subject { name, shapes } in &subjects {
        cases.extend(shapes.iter().map(|run| Case::timed(*name, move |times| threads::one(run, times))));
    }
    let figures = measure(&mut cases, rounds, ROUND);
    let bare = [figures[0].median, figures[1].median];
    let head = ["ns per call of a boxed future", "ready at once", "over bare", "waits once", "over bare"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (subject, [ready, waits]) in subjects.iter().zip(figures.as_chunks().0) {
        let cell = |it: &Figure| format!("{:.1} ±{:.0}%", it.median, it.spread() * 100.0);
        let over = |it: &Figure, bare: f64| format!("{:.1}", it.median - bare);
        rows.push(vec![
            subject.name.to_owned(),
            cell(ready),
            over(ready, bare[0]),
            cell(waits),
            over(waits, bare[1]),
        ]);
    }
    table::render(&rows)
}

fn subjects() -> Vec<Subject> {
    let built = || {
        let breaker: CircuitBreaker = breaker!(trip = min(10) & failure_rate(50%), retry = cooldown(24h));
        &*Box::leak(Box::new(breaker))
    };
    let recloser = || {
        let recloser = Recloser::custom().error_rate(0.5).closed_len(100).half_open_len(10);
        &*Box::leak(Box::new(AsyncRecloser::from(recloser.open_wait(FOREVER).build())))
    };
    let nobreak = || {
        let breaker = nobreak::builder().with_failure_threshold(10).with_success_threshold(10);
        &*Box::leak(Box::new(breaker.with_open_duration(FOREVER).build()))
    };
    let failsafe = || {
        let policy = failure_policy::consecutive_failures(10, backoff::constant(FOREVER));
        &*Box::leak(Box::new(Config::new().failure_policy(policy).build()))
    };
    let [own, waiting] = [built(), built()];
    let [recloser, recloser_waiting] = [recloser(), recloser()];
    let [nobreak, nobreak_waiting] = [nobreak(), nobreak()];
    let [failsafe, failsafe_waiting] = [failsafe(), failsafe()];
    vec![
        subject("bare call", |input| Box::pin(bare(input)), |input| Box::pin(bare_waiting(input))),
        subject(
            "**fluxgate**, an `async fn`",
            |input| Box::pin(guarded(input)),
            |input| Box::pin(guarded_waiting(input)),
        ),
        subject("**fluxgate**, a function that returns the box", guarded_boxed, guarded_boxed_waiting),
        subject(
            "**fluxgate**, `call_async`",
            |input| -> Boxed<Error<Failure>> {
                Box::pin(own.call_async(async move { work_async(input).await }))
            },
            |input| Box::pin(waiting.call_async(async move { work_waiting(input).await })),
        ),
        subject(
            "recloser 1.4",
            |input| -> Boxed<recloser::Error<Failure>> {
                Box::pin(recloser.call(async move { work_async(input).await }))
            },
            |input| Box::pin(recloser_waiting.call(async move { work_waiting(input).await })),
        ),
        subject(
            "nobreak 0.1",
            |input| Box::pin(nobreak.call_async(move || work_async(input))),
            |input| Box::pin(nobreak_waiting.call_async(move || work_waiting(input))),
        ),
        subject(
            "failsafe 1.3, consecutive",
            |input| -> Boxed<failsafe::Error<Failure>> {
                Box::pin(failsafe::futures::CircuitBreaker::call(
                    failsafe,
                    async move { work_async(input).await },
                ))
            },
            |input| {
                Box::pin(failsafe::futures::CircuitBreaker::call(failsafe_waiting, async move {
                    work_waiting(input).await
                }))
            },
        ),
    ]
}

fn subject<E: 'static>(
    name: &'static str,
    at_once: impl Fn(u64) -> Boxed<E> + 'static,
    waiting: impl Fn(u64) -> Boxed<E> + 'static,
) -> Subject {
    Subject { name, shapes: [calls(at_once), calls(waiting)] }
}

fn calls<E: 'static>(call: impl Fn(u64) -> Boxed<E> + 'static) -> Run {
    Box::new(move |times| {
        (0..times).map(|input| u64::from(ok(ready(black_box(call(black_box(input))))))).sum()
    })
}

async fn bare(input: u64) -> Result<u64, Failure> {
    work_async(input).await
}

async fn bare_waiting(input: u64) -> Result<u64, Failure> {
    work_waiting(input).await
}

#[circuit_breaker(trip = min(10) & failure_rate(50%), retry = cooldown(24h))]
async fn guarded(input: u64) -> Result<u64, Failure> {
    work_async(input).await
}

#[circuit_breaker(trip = min(10) & failure_rate(50%), retry = cooldown(24h))]
async fn guarded_waiting(input: u64) -> Result<u64, Failure> {
    work_waiting(input).await
}

#[circuit_breaker(trip = min(10) & failure_rate(50%), retry = cooldown(24h))]
fn guarded_boxed(input: u64) -> Boxed<Failure> {
    Box::pin(async move { work_async(input).await })
}

#[circuit_breaker(trip = min(10) & failure_rate(50%), retry = cooldown(24h))]
fn guarded_boxed_waiting(input: u64) -> Boxed<Failure> {
    Box::pin(async move { work_waiting(input).await })
}
