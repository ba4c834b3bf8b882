//! A server says in a header how long to leave it alone, and the breaker complies.
#![allow(missing_docs)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State as OfRouter;
use axum::http::header::{DATE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fluxgate::http::retry_after;
use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, State, circuit_breaker};
use tokio::net::TcpListener;

/// A server that can be busy.
#[derive(Clone, Default)]
struct Server {
    is_busy: Arc<AtomicBool>,
    asked: Arc<AtomicU32>,
}

async fn answer(OfRouter(server): OfRouter<Server>) -> Response {
    server.asked.fetch_add(1, Ordering::Relaxed);
    if server.is_busy.load(Ordering::Relaxed) {
        (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "120")], "busy").into_response()
    } else {
        "well".into_response()
    }
}

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("the server answers {0}")]
    Status(StatusCode, Option<Duration>),
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
}

impl ApiError {
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status(_, pause) => *pause,
            Self::Transport(_) | Self::NotPermitted(_) => None,
        }
    }
}

#[circuit_breaker(
    handle = API,
    trip = failures(3),
    retry = from_error(ApiError::retry_after, otherwise = backoff(10s)),
    permit = all,
)]
async fn fetch(url: &str) -> Result<String, ApiError> {
    let response = reqwest::get(url).await?;
    let status = response.status();
    if status.is_success() {
        return Ok(response.text().await?);
    }
    Err(ApiError::Status(status, retry_after(response.headers())))
}

#[tokio::test]
async fn a_server_is_left_alone_for_as_long_as_it_asks() {
    let clock = isolate();
    let server = Server::default();
    let router = Router::new().route("/", get(answer)).with_state(server.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });

    assert_eq!(fetch(&url).await.expect("well"), "well");
    server.is_busy.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        assert!(matches!(fetch(&url).await, Err(ApiError::Status(StatusCode::SERVICE_UNAVAILABLE, Some(_)))));
    }
    let pause = API.snapshot().retry_after.expect("open");
    assert!((Duration::from_secs(120)..=Duration::from_secs(132)).contains(&pause), "{pause:?}");

    clock.advance(Duration::from_secs(119));
    assert!(matches!(fetch(&url).await, Err(ApiError::NotPermitted(_))));
    assert_eq!(server.asked.load(Ordering::Relaxed), 4, "nobody disturbs it");

    // The trial fails, and the server asks again.
    clock.advance(Duration::from_secs(13));
    for _ in 0..3 {
        assert!(matches!(fetch(&url).await, Err(ApiError::Status(..))));
    }
    let pause = API.snapshot().retry_after.expect("open again");
    assert!(pause >= Duration::from_secs(120), "{pause:?}");

    server.is_busy.store(false, Ordering::Relaxed);
    clock.advance(pause);
    for _ in 0..3 {
        assert_eq!(fetch(&url).await.expect("well"), "well");
    }
    assert_eq!(API.state(), State::Closed);

    // A refused connection asks for nothing. The reset also forgives the re-openings, which a recent closing does not.
    API.reset();
    for _ in 0..3 {
        assert!(matches!(fetch("http://127.0.0.1:1/").await, Err(ApiError::Transport(_))));
    }
    assert_eq!(API.snapshot().retry_after, Some(Duration::from_secs(10)));
}

#[test]
fn the_header_is_seconds_or_a_date_after_that_of_the_response() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let noon = "Sun, 06 Nov 1994 12:00:00 GMT";
    let asked = [
        ("0", seconds(0)),
        ("120", seconds(120)),
        (" 7 ", seconds(7)),
        // More than a number holds saturates.
        ("99999999999999999999999", seconds(u64::MAX)),
        ("Sun, 06 Nov 1994 12:01:30 GMT", seconds(90)),
        // The two obsolete forms.
        ("Sunday, 06-Nov-94 12:00:05 GMT", seconds(5)),
        ("Sun Nov  6 12:00:05 1994", seconds(5)),
        (noon, seconds(0)),
        ("Sun, 06 Nov 1994 11:00:00 GMT", seconds(0)),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("12:00", None),
        ("Mon, 31 Feb 1994 12:00:00 GMT", None),
    ];
    for (value, expected) in asked {
        let headers = HeaderMap::from_iter([
            (RETRY_AFTER, value.parse().expect("a value")),
            (DATE, noon.parse().expect("a value")),
        ]);
        assert_eq!(retry_after(&headers), expected, "{value:?}");
    }
    assert_eq!(retry_after(&HeaderMap::new()), None);
    let opaque = HeaderValue::from_bytes(b"1\xff").expect("a value");
    assert_eq!(retry_after(&HeaderMap::from_iter([(RETRY_AFTER, opaque)])), None);
}

/// If the response has no date, or an unreadable one, this machine's clock is used.
#[test]
fn without_a_date_in_the_response_this_machines_clock_is_used() {
    let past =
        HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 12:01:30 GMT"))]);
    assert_eq!(retry_after(&past), Some(Duration::ZERO));
    let future = HeaderValue::from_static("Fri, 31 Dec 9999 23:59:59 GMT");
    for date in [None, Some("yesterday")] {
        let mut headers = HeaderMap::from_iter([(RETRY_AFTER, future.clone())]);
        headers.extend(date.map(|date| (DATE, HeaderValue::from_static(date))));
        assert!(retry_after(&headers) > Some(Duration::from_secs(1_000_000_000)));
    }
}
