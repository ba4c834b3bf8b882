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

static VALUE: fluxgate::CircuitBreaker = fluxgate::breaker!(trip = failure_streak(SETTINGS), name = NAME);
const NAME: &str = "SETTINGS";

pub fn main() {
    assert_eq!(sync(1), Ok(4));
    assert_eq!(run(asynchronous(1)), Ok(4));
    assert_eq!(run(boxed(1)), Ok(4));
    assert_eq!((VALUE.name(), HANDLE.metrics().total()), ("SETTINGS", 1));
}
