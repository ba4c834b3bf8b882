//! What is wrong with a request, as `application/problem+json` (RFC 9457).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What is wrong with a request, and what would be right.
#[derive(Debug)]
pub(crate) struct ProblemDetails {
    status: StatusCode,
    title: &'static str,
    detail: String,
}

impl ProblemDetails {
    pub(crate) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into() }
    }
}

impl IntoResponse for ProblemDetails {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Document<'a> {
            title: &'a str,
            status: u16,
            detail: &'a str,
        }
        let Self { status, title, detail } = self;
        let document = Document { title, status: status.as_u16(), detail: &detail };
        let body = serde_json::to_string(&document).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
