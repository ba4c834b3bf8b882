//! Errors that say how long to wait.
#![deny(warnings)]

use std::time::Duration;

use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

#[derive(Debug)]
pub enum Failure<T> {
    Unavailable(T),
    NotPermitted(fluxgate::CallNotPermitted),
}

impl<T> From<fluxgate::CallNotPermitted> for Failure<T> {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

fn retry_after<T>(failure: &Failure<T>) -> Option<Duration> {
    matches!(failure, Failure::Unavailable(_)).then_some(Duration::from_secs(2))
}

const PAUSE: Duration = Duration::from_secs(10);

#[circuit_breaker(retry = from_error(retry_after, otherwise = backoff(PAUSE, max = 5m, jitter = 0.1)))]
fn by_a_path() -> Result<u32, Failure<u8>> {
    Ok(1)
}

#[circuit_breaker(retry = from_error(retry_after::<T>))]
fn generic<T>(value: T) -> Result<T, Failure<T>> {
    Ok(value)
}

#[circuit_breaker(retry = "from_error(|error: &Failure<u8>| retry_after(error), otherwise = always,)")]
async fn in_a_string() -> Result<u32, Failure<u8>> {
    Ok(1)
}

#[circuit_breaker(retry = from_error(|_| None), track = matches(Failure::Unavailable(1..)) | ok(0))]
fn with_trackers() -> Result<u32, Failure<u8>> {
    Ok(1)
}

static SHARED: CircuitBreaker = breaker!(retry = backoff(10s));

#[circuit_breaker(breaker = SHARED, retry = from_error(retry_after))]
fn of_a_shared_breaker() -> Result<u32, Failure<u8>> {
    Ok(1)
}

#[circuit_breaker(breaker = breaker, retry = "from_error(|failure| retry_after(failure))", timeout = 2s)]
async fn of_a_parameter(breaker: &CircuitBreaker) -> Result<u32, Failure<u8>> {
    Ok(1)
}

impl<T> From<fluxgate::TimedOut> for Failure<T>
where
    T: Default,
{
    fn from(_: fluxgate::TimedOut) -> Self {
        Self::Unavailable(T::default())
    }
}

pub struct Client;

impl Client {
    #[circuit_breaker(retry = from_error(Self::retry_after), fallback = |_| Ok(2))]
    fn method(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    fn retry_after(_: &std::io::Error) -> Option<Duration> {
        Some(PAUSE)
    }
}

pub fn main() {
    assert_eq!(by_a_path().unwrap(), 1);
    assert_eq!(generic(1).unwrap(), 1);
    drop(in_a_string());
    assert_eq!(of_a_shared_breaker().unwrap(), 1);
    drop(of_a_parameter(&SHARED));
    assert_eq!(with_trackers().unwrap(), 1);
    assert_eq!(Client.method().unwrap(), 1);
}
