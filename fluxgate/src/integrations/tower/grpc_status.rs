//! What a status of gRPC says, in headers or trailers, and what its absence says.

use http::{HeaderMap, StatusCode};

use crate::state::Outcome;

/// The outcome by the status among these headers or trailers. One that is no number is `UNKNOWN`.
pub(super) fn status(headers: &HeaderMap) -> Option<Outcome> {
    let code = headers.get("grpc-status")?.to_str().ok().and_then(|code| code.parse().ok());
    Some(outcome(code.unwrap_or(UNKNOWN)))
}

const UNKNOWN: u16 = 2;

/// The codes by which the server failed: CANCELLED, UNKNOWN, `DEADLINE_EXCEEDED`, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, `DATA_LOSS`, and
/// what is no code. See <https://grpc.github.io/grpc/core/md_doc_statuscodes.html>.
fn outcome(code: u16) -> Outcome {
    match code {
        0 | 3 | 5..=11 | 16 => Outcome::Success,
        _ => Outcome::Failure,
    }
}

/// What did not come from gRPC, but from something between. `None` if its status may be to come.
/// See <https://grpc.github.io/grpc/core/md_doc_http-grpc-status-mapping.html>.
pub(super) fn without_status(status: StatusCode) -> Option<Outcome> {
    match status {
        StatusCode::OK => None,
        // UNAUTHENTICATED and PERMISSION_DENIED.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(Outcome::Success),
        _ => Some(Outcome::Failure),
    }
}
