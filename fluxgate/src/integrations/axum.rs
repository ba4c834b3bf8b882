//! A refusal as a response of axum: 503, with the time to wait. It names neither breaker nor cause, which are none of a client's business.

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use super::unavailable::{LATE, UNAVAILABLE, message, seconds};
use crate::handle::error::{CallNotPermitted, Error};
use crate::handle::timed_out::TimedOut;

const STATUS: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// A response with a problem as in RFC 9457.
fn problem(status: StatusCode, detail: &str) -> Response {
    let (code, title) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
    let problem =
        format!(r#"{{"type":"about:blank","title":"{title}","status":{code},"detail":"{detail}"}}"#);
    let mut response = Response::new(Body::from(problem));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// With the feature `axum`: status 503, `Retry-After` in whole seconds, and a problem as in [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
impl IntoResponse for CallNotPermitted {
    fn into_response(self) -> Response {
        let mut response = problem(STATUS, &message(&self));
        if let Some(seconds) = seconds(&self) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// With the feature `axum`: the response of the error that it contains.
impl<E: IntoResponse> IntoResponse for Error<E> {
    fn into_response(self) -> Response {
        match self {
            Self::Inner(error) => error.into_response(),
            Self::NotPermitted(refusal) => refusal.into_response(),
        }
    }
}

/// With the feature `axum`.
impl From<CallNotPermitted> for Response {
    fn from(refusal: CallNotPermitted) -> Self {
        refusal.into_response()
    }
}

/// With the feature `axum`: 503.
impl From<CallNotPermitted> for StatusCode {
    fn from(_: CallNotPermitted) -> Self {
        STATUS
    }
}

/// With the feature `axum`: 503, and how long to wait.
impl From<CallNotPermitted> for (StatusCode, String) {
    fn from(refusal: CallNotPermitted) -> Self {
        (STATUS, message(&refusal))
    }
}

/// With the feature `axum`: 503.
impl From<CallNotPermitted> for (StatusCode, &'static str) {
    fn from(_: CallNotPermitted) -> Self {
        (STATUS, UNAVAILABLE)
    }
}

const TIMED_OUT: StatusCode = StatusCode::GATEWAY_TIMEOUT;

/// With the feature `axum`: status 504, and a problem as in [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
impl IntoResponse for TimedOut {
    fn into_response(self) -> Response {
        problem(TIMED_OUT, LATE)
    }
}

/// With the feature `axum`.
impl From<TimedOut> for Response {
    fn from(timed_out: TimedOut) -> Self {
        timed_out.into_response()
    }
}

/// With the feature `axum`: 504.
impl From<TimedOut> for StatusCode {
    fn from(_: TimedOut) -> Self {
        TIMED_OUT
    }
}

/// With the feature `axum`: 504.
impl From<TimedOut> for (StatusCode, String) {
    fn from(_: TimedOut) -> Self {
        (TIMED_OUT, LATE.to_owned())
    }
}

/// With the feature `axum`: 504.
impl From<TimedOut> for (StatusCode, &'static str) {
    fn from(_: TimedOut) -> Self {
        (TIMED_OUT, LATE)
    }
}
