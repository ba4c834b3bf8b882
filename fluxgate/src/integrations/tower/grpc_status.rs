//! What a gRPC status means, in headers or trailers, and what its absence means.

use http::{HeaderMap, StatusCode};

use crate::state::Outcome;

/// The outcome for the status among these headers or trailers. A status that is not a number is `UNKNOWN`.
pub(super) fn status(headers: &HeaderMap) -> Option<Outcome> {
    let code = headers.get("grpc-status")?.to_str().ok().and_then(|code| code.parse().ok());
    Some(outcome(code.unwrap_or(UNKNOWN)))
}

const UNKNOWN: u16 = 2;

/// Failures of the server are CANCELLED, UNKNOWN, `DEADLINE_EXCEEDED`, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, `DATA_LOSS`, and numbers that
/// are not codes. See <https://grpc.github.io/grpc/core/md_doc_statuscodes.html>.
fn outcome(code: u16) -> Outcome {
    match code {
        0 | 3 | 5..=11 | 16 => Outcome::Success,
        _ => Outcome::Failure,
    }
}

/// The outcome of a response without a gRPC status, which came from something in between. `None` if the status may still come. See
/// <https://grpc.github.io/grpc/core/md_doc_http-grpc-status-mapping.html>.
pub(super) fn without_status(status: StatusCode) -> Option<Outcome> {
    match status {
        StatusCode::OK => None,
        // UNAUTHENTICATED and PERMISSION_DENIED.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(Outcome::Success),
        _ => Some(Outcome::Failure),
    }
}
