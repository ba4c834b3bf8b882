//! axum handlers with nothing but the attribute, in a real router.
#![allow(clippy::result_large_err, reason = "a `Response` is")]

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Path};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, State, breaker, circuit_breaker};
use tower::ServiceExt as _;

static BACKEND: CircuitBreaker =
    breaker!(name = "secret backend", trip = failure_streak(3), retry = cooldown(1500ms));

#[circuit_breaker(breaker = BACKEND)]
async fn status(Path(code): Path<u16>) -> StatusCode {
    StatusCode::from_u16(code).expect("a status")
}

#[circuit_breaker(breaker = BACKEND)]
async fn text(Path(code): Path<u16>) -> (StatusCode, String) {
    (StatusCode::from_u16(code).expect("a status"), "as asked for".to_owned())
}

#[circuit_breaker(breaker = BACKEND)]
async fn fixed(Path(code): Path<u16>) -> (StatusCode, &'static str) {
    (StatusCode::from_u16(code).expect("a status"), "as asked for")
}

#[circuit_breaker(breaker = BACKEND)]
async fn response(Path(code): Path<u16>) -> Response {
    StatusCode::from_u16(code).expect("a status").into_response()
}

fn outcome(code: u16) -> Result<String, StatusCode> {
    let status = StatusCode::from_u16(code).expect("a status");
    if status.is_success() { Ok("as asked for".to_owned()) } else { Err(status) }
}

#[circuit_breaker(breaker = BACKEND)]
async fn error(Path(code): Path<u16>) -> Result<String, StatusCode> {
    outcome(code)
}

#[circuit_breaker(breaker = BACKEND)]
async fn error_with_text(Path(code): Path<u16>) -> Result<String, (StatusCode, String)> {
    outcome(code).map_err(|status| (status, "as asked for".to_owned()))
}

#[circuit_breaker(breaker = BACKEND)]
async fn error_response(Path(code): Path<u16>) -> Result<impl IntoResponse, Response> {
    outcome(code).map_err(IntoResponse::into_response)
}

#[circuit_breaker(breaker = BACKEND)]
async fn error_of_axum(Path(code): Path<u16>) -> axum::response::Result<String> {
    Ok(outcome(code)?)
}

#[circuit_breaker(breaker = BACKEND)]
async fn error_or_refusal(Path(code): Path<u16>) -> Result<String, fluxgate::Error<StatusCode>> {
    outcome(code).map_err(fluxgate::Error::Inner)
}

/// An extractor that asks a backend.
struct User(String);

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = (StatusCode, &'static str);

    #[circuit_breaker(breaker = BACKEND)]
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let code = parts.uri.path().rsplit('/').next().and_then(|code| code.parse().ok());
        outcome(code.expect("a status")).map(Self).map_err(|status| (status, "as asked for"))
    }
}

fn app() -> Router {
    Router::new()
        .route("/status/{code}", get(status))
        .route("/text/{code}", get(text))
        .route("/fixed/{code}", get(fixed))
        .route("/response/{code}", get(response))
        .route("/error/{code}", get(error))
        .route("/error_with_text/{code}", get(error_with_text))
        .route("/error_response/{code}", get(error_response))
        .route("/error_of_axum/{code}", get(error_of_axum))
        .route("/error_or_refusal/{code}", get(error_or_refusal))
        .route("/rejection/{code}", get(async |User(name): User| name))
}

async fn ask(path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    app().oneshot(request).await.expect("a router always answers")
}

async fn body(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 10_000).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn every_form_of_handler_needs_only_the_attribute() {
    for form in [
        "status",
        "text",
        "fixed",
        "response",
        "error",
        "error_with_text",
        "error_response",
        "error_of_axum",
        "error_or_refusal",
        "rejection",
    ] {
        let clock = isolate();
        assert_eq!(ask(&format!("/{form}/200")).await.status(), StatusCode::OK, "{form}");
        for _ in 0..3 {
            assert_eq!(BACKEND.state(), State::Closed, "{form}");
            assert_eq!(
                ask(&format!("/{form}/500")).await.status(),
                StatusCode::INTERNAL_SERVER_ERROR,
                "{form}"
            );
        }
        assert_eq!(BACKEND.state(), State::Open, "{form}");
        assert_eq!(ask(&format!("/{form}/200")).await.status(), StatusCode::SERVICE_UNAVAILABLE, "{form}");
        clock.advance(Duration::from_millis(1500));
        assert_eq!(ask(&format!("/{form}/200")).await.status(), StatusCode::OK, "{form}");
    }
}

#[tokio::test]
async fn a_response_with_a_5xx_status_is_a_failure() {
    let _clock = isolate();
    for form in ["status", "text", "fixed", "response"] {
        for _ in 0..3 {
            assert_eq!(ask(&format!("/{form}/404")).await.status(), StatusCode::NOT_FOUND);
        }
    }
    assert_eq!((BACKEND.metrics().total(), BACKEND.metrics().failures()), (12, 0));
    ask("/status/502").await;
    assert_eq!(BACKEND.metrics().failures(), 1);
}

#[circuit_breaker(breaker = BACKEND, success = matches(status if status.is_client_error()))]
async fn lenient(code: u16) -> Result<String, StatusCode> {
    outcome(code)
}

#[circuit_breaker(breaker = BACKEND, ignore = ok(&StatusCode::NOT_FOUND))]
async fn partly_ignored(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a status")
}

#[circuit_breaker(breaker = BACKEND, track = returned(&StatusCode::IM_A_TEAPOT))]
async fn tracked(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a status")
}

#[tokio::test]
async fn trackers_tell_client_errors_from_server_errors() {
    let _clock = isolate();
    lenient(404).await.unwrap_err();
    lenient(500).await.unwrap_err();
    assert_eq!((BACKEND.metrics().total(), BACKEND.metrics().failures()), (2, 1));
    BACKEND.reset();
    for code in [404, 200, 500] {
        partly_ignored(code).await;
    }
    assert_eq!((BACKEND.metrics().total(), BACKEND.metrics().failures()), (2, 1));
    BACKEND.reset();
    for code in [418, 500] {
        tracked(code).await;
    }
    assert_eq!((BACKEND.metrics().total(), BACKEND.metrics().failures()), (2, 1));
    BACKEND.force_open();
    assert_eq!(tracked(200).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[circuit_breaker(breaker = BACKEND, fallback = |failed| (failed.0, format!("instead: {}", failed.1)))]
fn with_fallback(code: u16) -> (StatusCode, String) {
    (StatusCode::from_u16(code).expect("a status"), "as asked for".to_owned())
}

#[test]
fn a_fallback_gets_the_failed_response_or_the_refusal() {
    let _clock = isolate();
    assert_eq!(with_fallback(404).1, "as asked for");
    assert_eq!(with_fallback(500), (StatusCode::INTERNAL_SERVER_ERROR, "instead: as asked for".to_owned()));
    BACKEND.force_open();
    let expected = (StatusCode::SERVICE_UNAVAILABLE, "instead: temporarily unavailable".to_owned());
    assert_eq!(with_fallback(200), expected);
}

#[tokio::test]
async fn a_refusal_says_when_to_retry_and_reveals_no_internals() {
    let clock = isolate();
    for _ in 0..3 {
        ask("/status/500").await;
    }
    let refused = ask("/error_or_refusal/200").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[RETRY_AFTER], "2", "1.5 s, rounded up");
    assert_eq!(refused.headers()[CONTENT_TYPE], "application/problem+json");
    let problem = body(refused).await;
    let said: serde_json::Value = serde_json::from_str(&problem).expect("JSON");
    assert_eq!(said["status"], 503);
    assert_eq!((&said["type"], &said["title"]), (&"about:blank".into(), &"Service Unavailable".into()));
    assert_eq!(said["detail"], "temporarily unavailable; try again in 2s");
    assert!(!problem.contains("secret"));

    assert_eq!(body(ask("/text/200").await).await, "temporarily unavailable; try again in 2s");
    clock.advance(Duration::from_millis(600));
    let refusal = BACKEND.acquire().map(drop).expect_err("still open");
    assert_eq!(<(StatusCode, String)>::from(refusal).1, "temporarily unavailable; try again in 1s");

    // Forced open: nobody knows for how long.
    BACKEND.force_open();
    let refused = refusal_of(&BACKEND).into_response();
    assert!(!refused.headers().contains_key(RETRY_AFTER));
    assert!(body(refused).await.contains(r#""detail":"temporarily unavailable""#));
}

fn refusal_of(breaker: &CircuitBreaker) -> CallNotPermitted {
    breaker.acquire().map(drop).expect_err("it refuses")
}

/// Every form of handler, with a time limit.
#[cfg(feature = "tokio")]
mod limited {
    use std::future::pending;

    use fluxgate::Error;

    use super::*;

    static SLOW: CircuitBreaker = breaker!(trip = failures(100));

    macro_rules! handlers {
        ($($name:ident -> $returned:ty;)+) => {
            $(
                #[circuit_breaker(breaker = SLOW, timeout = 2s)]
                async fn $name() -> $returned {
                    pending().await
                }
            )+

            fn app() -> Router {
                Router::new()$(.route(concat!("/", stringify!($name)), get($name)))+
            }

            const FORMS: &[&str] = &[$(stringify!($name)),+];
        };
    }

    handlers! {
        status -> StatusCode;
        text -> (StatusCode, String);
        fixed -> (StatusCode, &'static str);
        response -> Response;
        error -> Result<String, StatusCode>;
        error_with_text -> Result<String, (StatusCode, String)>;
        error_with_fixed_text -> Result<String, (StatusCode, &'static str)>;
        error_response -> Result<String, Response>;
        error_of_axum -> axum::response::Result<String>;
        error_or_refusal -> Result<String, Error<StatusCode>>;
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_takes_too_long_answers_504() {
        let _isolation = isolate();
        for (count, form) in (1..).zip(FORMS) {
            let request = Request::get(format!("/{form}")).body(Body::empty()).expect("a request");
            let response = app().oneshot(request).await.expect("a router always answers");
            assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT, "{form}");
            assert_eq!(SLOW.metrics().failures(), count, "{form}");
        }
    }
}
