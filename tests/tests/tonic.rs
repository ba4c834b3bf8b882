//! Refusals as a tonic status, read by tonic's own types, and functions that return a status with nothing but the attribute.
#![allow(clippy::result_large_err, reason = "a function of tonic returns a `Status`")]

use std::error::Error as _;
use std::time::Duration;

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, State, breaker, circuit_breaker};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

static BACKEND: CircuitBreaker =
    breaker!(name = "secret backend", trip = failure_streak(3), retry = cooldown(1500ms));

/// All codes, and whether they mean that the server failed.
const CODES: [(Code, bool); 16] = [
    (Code::Cancelled, true),
    (Code::Unknown, true),
    (Code::InvalidArgument, false),
    (Code::DeadlineExceeded, true),
    (Code::NotFound, false),
    (Code::AlreadyExists, false),
    (Code::PermissionDenied, false),
    (Code::ResourceExhausted, false),
    (Code::FailedPrecondition, false),
    (Code::Aborted, false),
    (Code::OutOfRange, false),
    (Code::Unimplemented, true),
    (Code::Internal, true),
    (Code::Unavailable, true),
    (Code::DataLoss, true),
    (Code::Unauthenticated, false),
];

fn answer(code: Code) -> Result<Response<u32>, Status> {
    if code == Code::Ok { Ok(Response::new(1)) } else { Err(Status::new(code, "as asked for")) }
}

#[circuit_breaker(breaker = BACKEND)]
async fn every_status(code: Code) -> Result<Response<u32>, Status> {
    answer(code)
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
async fn status(code: Code) -> Result<Response<u32>, Status> {
    answer(code)
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
async fn boxed(code: Code) -> Result<u32, fluxgate::Error<Box<Status>>> {
    answer(code).map(Response::into_inner).map_err(|status| fluxgate::Error::Inner(Box::new(status)))
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn or_refusal(code: Code) -> Result<u32, fluxgate::Error<Status>> {
    answer(code).map(Response::into_inner).map_err(fluxgate::Error::Inner)
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn in_a_box(passed_on: Status) -> Result<u32, Box<Status>> {
    Err(Box::new(passed_on))
}

fn counts() -> (u64, u64) {
    (BACKEND.metrics().failures(), BACKEND.metrics().total())
}

#[tokio::test]
async fn a_method_needs_only_the_attribute() {
    let clock = isolate();
    for _ in 0..3 {
        assert_eq!(every_status(Code::NotFound).await.unwrap_err().code(), Code::NotFound);
    }
    assert_eq!(BACKEND.state(), State::Open);
    assert_eq!(every_status(Code::Ok).await.unwrap_err().code(), Code::Unavailable);
    clock.advance(Duration::from_millis(1500));
    assert_eq!(every_status(Code::Ok).await.unwrap().into_inner(), 1);
}

#[tokio::test]
async fn only_statuses_of_server_errors_are_failures() {
    let _clock = isolate();
    for (code, is_failure) in CODES {
        let expected = (u64::from(is_failure), 1);
        BACKEND.reset();
        status(code).await.unwrap_err();
        assert_eq!(counts(), expected, "{code:?}");
        BACKEND.reset();
        boxed(code).await.unwrap_err();
        assert_eq!(counts(), expected, "{code:?}, boxed");
        BACKEND.reset();
        or_refusal(code).unwrap_err();
        assert_eq!(counts(), expected, "{code:?}, or a refusal");
        BACKEND.reset();
        in_a_box(Status::new(code, "as asked for")).unwrap_err();
        assert_eq!(counts(), expected, "{code:?}, in a box");
    }
    BACKEND.reset();
    status(Code::Ok).await.unwrap();
    assert_eq!(counts(), (0, 1));
}

#[tokio::test]
async fn any_answer_of_a_working_service_passes_the_trial() {
    let clock = isolate();
    for _ in 0..3 {
        status(Code::Unavailable).await.unwrap_err();
    }
    clock.advance(Duration::from_millis(1500));
    for _ in 0..3 {
        assert_eq!(status(Code::NotFound).await.unwrap_err().code(), Code::NotFound);
    }
    clock.advance(Duration::from_secs(60));
    assert_eq!(status(Code::NotFound).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(BACKEND.state(), State::Closed);
}

#[test]
fn a_refusal_says_when_to_retry_and_reveals_no_internals() {
    let _clock = isolate();
    for _ in 0..3 {
        or_refusal(Code::Internal).unwrap_err();
    }
    let refused: Status = or_refusal(Code::Ok).unwrap_err().into();
    assert_eq!(
        (refused.code(), refused.message()),
        (Code::Unavailable, "temporarily unavailable; try again in 2s")
    );
    assert_eq!(refused.metadata().get("grpc-retry-pushback-ms").unwrap(), "1500");
    let info = refused.get_details_retry_info().expect("details");
    assert_eq!(info.retry_delay, Some(Duration::from_millis(1500)));
    let details = refused.check_error_details().expect("well-formed");
    assert!(details.quota_failure().is_none() && details.retry_info().is_some());
    // What is sent does not name the breaker; the local error does.
    assert!(!String::from_utf8_lossy(refused.details()).contains("secret"));
    let refusal: &CallNotPermitted = refused.source().unwrap().downcast_ref().unwrap();
    assert_eq!(refusal.breaker(), "secret backend");
}

#[test]
fn pushback_times_of_every_size_round_trip() {
    let clock = isolate();
    for pause in [
        Duration::from_nanos(1),
        Duration::from_nanos(999_999_999),
        Duration::from_secs(1),
        Duration::from_secs(127),
        Duration::from_secs(128),
        Duration::from_secs(86_400 * 365),
        Duration::new(16_384, 123_456_789),
    ] {
        BACKEND.open_for(pause);
        let refused: Status = BACKEND.acquire().map(drop).unwrap_err().into();
        assert_eq!(refused.get_details_retry_info().unwrap().retry_delay, Some(pause));
        let milliseconds = pause.as_nanos().div_ceil(1_000_000).to_string();
        assert_eq!(refused.metadata().get("grpc-retry-pushback-ms").unwrap(), milliseconds.as_str());
        BACKEND.reset();
    }
    drop(clock);
}

#[test]
fn a_breaker_that_is_forced_open_asks_for_no_retry() {
    let _clock = isolate();
    BACKEND.force_open();
    let refused: Status = or_refusal(Code::Ok).unwrap_err().into();
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "temporarily unavailable"));
    assert_eq!(refused.metadata().get("grpc-retry-pushback-ms").unwrap(), "-1");
    assert!(refused.details().is_empty());
}

#[tokio::test]
async fn a_refusal_can_be_a_status_in_a_box() {
    let _clock = isolate();
    BACKEND.force_open();
    let refused = in_a_box(Status::internal("never called")).unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    let or_refusal: Box<Status> = boxed(Code::Ok).await.unwrap_err().into();
    assert_eq!(or_refusal.code(), Code::Unavailable);
    BACKEND.reset();
    let failed: Box<Status> = boxed(Code::Internal).await.unwrap_err().into();
    assert_eq!(failed.code(), Code::Internal);
}

#[cfg(feature = "chaos")]
#[test]
fn a_call_that_a_drill_failed_says_nothing_of_retries() {
    let _clock = isolate();
    BACKEND.inject(fluxgate::Fault::lasting(Duration::from_secs(60)).fail(1.0)).unwrap();
    let failed: Status = or_refusal(Code::Ok).unwrap_err().into();
    assert_eq!((failed.code(), failed.message()), (Code::Unavailable, "temporarily unavailable"));
    assert!(failed.metadata().get("grpc-retry-pushback-ms").is_none() && failed.details().is_empty());
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn pass_on(status: Status) -> Result<u32, Status> {
    Err(status)
}

#[test]
fn the_breakers_own_refusal_further_in_is_no_evidence() {
    let _clock = isolate();
    BACKEND.force_open();
    let refused: Status = BACKEND.acquire().map(drop).unwrap_err().into();
    BACKEND.reset();
    pass_on(refused.clone()).unwrap_err();
    in_a_box(refused).unwrap_err();
    assert_eq!(counts(), (0, 0));
    // Another breaker's refusal is: that dependency is down, too.
    let other = CircuitBreaker::builder("another").build().expect("sound");
    other.force_open();
    let refused: Status = other.acquire().map(drop).unwrap_err().into();
    pass_on(refused).unwrap_err();
    assert_eq!(counts(), (1, 1));
}

#[cfg(feature = "tokio")]
mod limited {
    use std::future::pending;

    use fluxgate::{Error, TimedOut};

    use super::*;

    static SLOW: CircuitBreaker = breaker!(trip = failures(100));

    #[circuit_breaker(breaker = SLOW, timeout = 2s, track = server_errors)]
    async fn status() -> Result<Response<u32>, Status> {
        pending().await
    }

    #[circuit_breaker(breaker = SLOW, timeout = 2s, track = server_errors)]
    async fn or_refusal() -> Result<u32, Error<Status>> {
        pending().await
    }

    #[circuit_breaker(breaker = SLOW, timeout = 2s, track = server_errors)]
    async fn in_a_box() -> Result<u32, Box<Status>> {
        pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn a_method_that_takes_too_long_exceeds_its_deadline() {
        let _isolation = isolate();
        let late = [
            status().await.unwrap_err(),
            or_refusal().await.unwrap_err().into(),
            *in_a_box().await.unwrap_err(),
        ];
        for late in late {
            assert_eq!(late.code(), Code::DeadlineExceeded);
            assert!(late.source().unwrap().is::<TimedOut>());
        }
        assert_eq!(SLOW.metrics().failures(), 3);
    }
}
