//! What a function returns instead: `rejected` and `fallback`, in every form.
#![allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "handlers are called like this")]

use std::future::Future;
use std::pin::Pin;

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_tests::futures::run;

#[derive(Debug, PartialEq)]
enum Failure {
    Down,
    Refused,
}

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self::Refused
    }
}

use Failure::{Down, Refused};

/// Cannot be made from a refusal.
#[derive(Debug, PartialEq)]
struct Plain(&'static str);

#[circuit_breaker(trip = failure_streak(1), rejected = |refusal| Ok(refusal.breaker().len()))]
fn rejected_closure(fails: bool) -> Result<usize, Plain> {
    if fails { Err(Plain("down")) } else { Ok(1) }
}

fn refused(refusal: CallNotPermitted) -> Result<usize, Plain> {
    Ok(refusal.breaker().len())
}

#[circuit_breaker(name = "path", trip = failure_streak(1), rejected = refused)]
fn rejected_path(fails: bool) -> Result<usize, Plain> {
    if fails { Err(Plain("down")) } else { Ok(1) }
}

#[test]
fn rejected_decides_what_a_refusal_returns() {
    let _clock = isolate();
    assert_eq!(rejected_closure(false), Ok(1));
    assert_eq!(rejected_closure(true), Err(Plain("down")));
    assert_eq!(rejected_closure(false), Ok("forms_handlers::rejected_closure".len()));
    assert_eq!(rejected_path(true), Err(Plain("down")));
    assert_eq!(rejected_path(false), Ok(4));
}

#[circuit_breaker(trip = failure_streak(1), fallback = |error| Ok(if error == Refused { 20 } else { 10 }))]
fn fallback_closure(fails: bool) -> Result<u32, Failure> {
    if fails { Err(Down) } else { Ok(1) }
}

fn fall_back(error: Failure) -> Result<u32, Failure> {
    if error == Refused { Err(Refused) } else { Ok(10) }
}

#[circuit_breaker(trip = failure_streak(1), fallback = fall_back)]
fn fallback_path(fails: bool) -> Result<u32, Failure> {
    if fails { Err(Down) } else { Ok(1) }
}

#[test]
fn fallback_runs_on_a_refusal_and_on_any_err() {
    let _clock = isolate();
    assert_eq!(fallback_closure(false), Ok(1));
    assert_eq!(fallback_closure(true), Ok(10));
    assert_eq!(fallback_closure(false), Ok(20));
    assert_eq!(fallback_path(true), Ok(10));
    assert_eq!(fallback_path(false), Err(Refused));
}

#[circuit_breaker(
    trip = failure_streak(1),
    success = matches(Refused),
    fallback = |error| Ok(if error == Refused { 20 } else { 10 })
)]
fn fallback_of_a_success(number: u32) -> Result<u32, Failure> {
    match number {
        0 => Err(Refused),
        1 => Err(Down),
        _ => Ok(number),
    }
}

#[test]
fn fallback_runs_on_an_err_that_counts_as_a_success() {
    let _clock = isolate();
    assert_eq!(fallback_of_a_success(0), Ok(20));
    assert_eq!(fallback_of_a_success(2), Ok(2));
    assert_eq!(fallback_of_a_success(1), Ok(10));
}

#[circuit_breaker(
    trip = failure_streak(1),
    rejected = |refusal| Err(Plain(if refusal.retry_after().is_some() { "refused" } else { "" })),
    fallback = |error: Plain| { let Plain(text) = error; Ok(text.len()) }
)]
fn both(fails: bool) -> Result<usize, Plain> {
    if fails { Err(Plain("down")) } else { Ok(1) }
}

#[test]
fn with_both_rejected_handles_refusals() {
    let _clock = isolate();
    assert_eq!(both(false), Ok(1));
    assert_eq!(both(true), Ok(4));
    assert_eq!(both(false), Err(Plain("refused")));
}

#[circuit_breaker(trip = failure_streak(1), track = returned(None), fallback = |refusal| Some(refusal.breaker().len()))]
fn value(fails: bool) -> Option<usize> {
    if fails { None } else { Some(1) }
}

#[circuit_breaker(trip = failure_streak(1), track = returned(Err(_)), fallback = |error| { assert!(error == Down || error == Refused); Ok(7) })]
fn value_that_is_a_result(fails: bool) -> Result<usize, Failure> {
    if fails { Err(Down) } else { Ok(1) }
}

#[circuit_breaker(trip = failure_streak(1), track = returned(()), rejected = |_| count.set(count.get() + 10))]
fn nothing(count: &std::cell::Cell<u32>) {
    count.set(count.get() + 1);
}

#[test]
fn handlers_of_functions_that_return_no_result() {
    let _clock = isolate();
    assert_eq!(value(false), Some(1));
    assert_eq!(value(true), None, "a value is no error, so there is nothing to fall back from");
    assert_eq!(value(false), Some("forms_handlers::value".len()));
    assert_eq!(value_that_is_a_result(false), Ok(1));
    assert_eq!(value_that_is_a_result(true), Ok(7));
    assert_eq!(value_that_is_a_result(false), Ok(7));
    let count = std::cell::Cell::new(0);
    nothing(&count);
    nothing(&count);
    assert_eq!(count.get(), 11);
}

struct Cache {
    last: u32,
}

impl Cache {
    #[circuit_breaker(trip = failure_streak(1), fallback = |_| { self.last += 1; Ok(self.last) })]
    fn load(&mut self, fails: bool) -> Result<u32, Failure> {
        if fails { Err(Down) } else { Ok(self.last) }
    }

    #[circuit_breaker(trip = failure_streak(1), fallback = async |_| {
        tokio::task::yield_now().await;
        Ok(self.last + if fails { 1 } else { 2 })
    })]
    async fn load_async(&self, fails: bool) -> Result<u32, Failure> {
        tokio::task::yield_now().await;
        if fails { Err(Down) } else { Ok(self.last) }
    }

    #[circuit_breaker(trip = failure_streak(1), rejected = async |_| Ok(self.last), fallback = |_| Ok(0))]
    async fn peek(&self, fails: bool) -> Result<u32, Failure> {
        if fails { Err(Down) } else { Ok(1) }
    }
}

#[test]
fn handlers_may_use_the_parameters() {
    let _clock = isolate();
    let mut cache = Cache { last: 1 };
    assert_eq!(cache.load(false), Ok(1));
    assert_eq!(cache.load(true), Ok(2));
    assert_eq!(cache.load(false), Ok(3));
    assert_eq!(run(cache.load_async(false)), Ok(3));
    assert_eq!(run(cache.load_async(true)), Ok(4));
    assert_eq!(run(cache.load_async(false)), Ok(5));
    assert_eq!(run(cache.peek(true)), Ok(0));
    assert_eq!(run(cache.peek(false)), Ok(3));
}

#[circuit_breaker(trip = failure_streak(1), fallback = |error| Ok(if error == Refused { 20 } else { 10 }))]
async fn sync_fallback(fails: bool) -> Result<u32, Failure> {
    if fails { Err(Down) } else { Ok(1) }
}

#[circuit_breaker(trip = failure_streak(1), fallback = |error| Ok(if error == Refused { 20 } else { 10 }))]
fn opaque(fails: bool) -> impl Future<Output = Result<u32, Failure>> {
    async move { if fails { Err(Down) } else { Ok(1) } }
}

#[circuit_breaker(trip = failure_streak(1), fallback = async |error| Ok(if error == Refused { 20 } else { 10 }))]
fn opaque_with_async_fallback(fails: bool) -> impl Future<Output = Result<u32, Failure>> {
    async move { if fails { Err(Down) } else { Ok(1) } }
}

#[circuit_breaker(trip = failure_streak(1), fallback = |error| Ok(if error == Refused { 20 } else { 10 }))]
fn boxed(fails: bool) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    Box::pin(async move { if fails { Err(Down) } else { Ok(1) } })
}

#[circuit_breaker(trip = failure_streak(1), track = returned(0), rejected = async |_| 20)]
async fn async_value(number: u32) -> u32 {
    number
}

#[test]
fn handlers_of_futures() {
    let _clock = isolate();
    for (admitted, failed, refused) in [
        (run(sync_fallback(false)), run(sync_fallback(true)), run(sync_fallback(false))),
        (run(opaque(false)), run(opaque(true)), run(opaque(false))),
        (
            run(opaque_with_async_fallback(false)),
            run(opaque_with_async_fallback(true)),
            run(opaque_with_async_fallback(false)),
        ),
        (run(boxed(false)), run(boxed(true)), run(boxed(false))),
    ] {
        assert_eq!((admitted, failed, refused), (Ok(1), Ok(10), Ok(20)));
    }
    assert_eq!((run(async_value(1)), run(async_value(0)), run(async_value(1))), (1, 0, 20));
}

#[derive(Debug, thiserror::Error)]
enum WithThiserror {
    #[error("down")]
    Down,
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
}

#[circuit_breaker(trip = failure_streak(1))]
fn with_thiserror(fails: bool) -> Result<(), WithThiserror> {
    if fails { Err(WithThiserror::Down) } else { Ok(()) }
}

#[circuit_breaker(trip = failure_streak(1))]
fn with_anyhow(fails: bool) -> anyhow::Result<()> {
    anyhow::ensure!(!fails, "down");
    Ok(())
}

#[circuit_breaker(trip = failure_streak(1))]
fn with_boxed_error(fails: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if fails { Err("down".into()) } else { Ok(()) }
}

#[circuit_breaker(trip = failure_streak(1))]
fn with_io(fails: bool) -> std::io::Result<()> {
    if fails { Err(std::io::ErrorKind::TimedOut.into()) } else { Ok(()) }
}

#[circuit_breaker(trip = failure_streak(1))]
fn with_our_error(fails: bool) -> Result<(), fluxgate::Error<Plain>> {
    if fails { Err(fluxgate::Error::Inner(Plain("down"))) } else { Ok(()) }
}

#[test]
fn errors_of_every_usual_kind_tell_refusals_from_failures() {
    let _clock = isolate();
    assert!(matches!(with_thiserror(true), Err(WithThiserror::Down)));
    assert!(matches!(with_thiserror(false), Err(WithThiserror::NotPermitted(_))));
    assert!(with_anyhow(true).is_err());
    assert!(with_anyhow(false).unwrap_err().is::<CallNotPermitted>());
    assert!(with_boxed_error(true).is_err());
    assert!(with_boxed_error(false).unwrap_err().is::<CallNotPermitted>());
    assert!(with_io(true).is_err());
    assert!(with_io(false).unwrap_err().get_ref().unwrap().is::<CallNotPermitted>());
    assert!(with_our_error(true).is_err());
    assert!(matches!(with_our_error(false), Err(fluxgate::Error::NotPermitted(_))));
}
