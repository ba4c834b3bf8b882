//! Items of the user's that are called as ours are, or once were: none captures another.
#![allow(non_upper_case_globals, reason = "variables of ours have such names")]
#![allow(dead_code, non_camel_case_types, reason = "what must not be used")]

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

#[derive(Debug, PartialEq)]
pub struct Failure;

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self
    }
}

const SETTINGS: u32 = 3;
const BREAKER: f64 = 0.5;
const WINDOW: usize = 5;
const RULE: Duration = Duration::from_secs(1);
static breaker: u8 = 0;
static returned: u8 = 0;
static outcome: u8 = 0;
static refusal: u8 = 0;
static call: u8 = 0;
const error: u8 = 0;
const result: u8 = 0;
const admitted: u8 = 0;
struct told;
struct value;
struct future;
struct begun;
enum Node {}
enum Settings {}
enum Result_ {}

#[circuit_breaker(
    window = count(WINDOW),
    trip = min(SETTINGS) & failure_rate(BREAKER) | min(SETTINGS) & avg_latency(RULE),
    retry = cooldown(RULE),
    track = matches(Failure if SETTINGS == 3) | ok(0 if BREAKER < 1.0),
    fallback = |e| if BREAKER < 1.0 { Err(e) } else { Ok(SETTINGS) },
)]
fn sync(number: u32) -> Result<u32, Failure> {
    Ok(number + SETTINGS)
}

#[circuit_breaker(trip = failure_streak(SETTINGS), handle = HANDLE)]
async fn asynchronous(number: u32) -> Result<u32, Failure> {
    Ok(number + SETTINGS)
}

#[circuit_breaker(trip = failure_streak(SETTINGS), rejected = |_| Ok(SETTINGS))]
fn boxed(number: u32) -> Pin<Box<dyn Future<Output = Result<u32, Failure>>>> {
    let number = number + SETTINGS;
    Box::pin(async move { Ok(number) })
}

/// Parameters, labels and lifetimes named as in an expansion, and an item that only the body uses.
#[circuit_breaker(
    breaker = VALUE,
    track = matches(Failure if __fluxgate_call == 2 && __fluxgate_error == 3),
    fallback = |e| if __fluxgate_returned == 4 { Err(e) } else { Ok(0) },
)]
#[allow(clippy::needless_lifetimes)]
async fn of_an_expansion<'__fluxgate>(
    __fluxgate_output: &'__fluxgate u32,
    __fluxgate_call: u32,
    __fluxgate_error: u32,
    __fluxgate_returned: u32,
) -> Result<u32, Failure> {
    '__fluxgate_inner: {
        '_failed: {
            if *__fluxgate_output == 1 {
                break '_failed;
            }
            break '__fluxgate_inner;
        }
    }
    Ok(__FLUXGATE_BREAKER + __fluxgate_output + __fluxgate_call + __fluxgate_error + __fluxgate_returned)
}
const __FLUXGATE_BREAKER: u32 = 5;

static VALUE: fluxgate::CircuitBreaker = fluxgate::breaker!(trip = failure_streak(SETTINGS), name = NAME);
const NAME: &str = "SETTINGS";

pub fn main() {
    assert_eq!(sync(1), Ok(4));
    assert_eq!(run(asynchronous(1)), Ok(4));
    assert_eq!(run(boxed(1)), Ok(4));
    assert_eq!(run(of_an_expansion(&1, 2, 3, 4)), Ok(15));
    assert_eq!((VALUE.name(), HANDLE.metrics().total()), ("SETTINGS", 1));
}
