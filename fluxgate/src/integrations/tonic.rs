//! A refusal as a status of gRPC: `UNAVAILABLE`, with the time to wait. Like the response of axum, it names neither breaker nor cause.

use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

use super::unavailable;
use crate::handle::error::{CallNotPermitted, Error};
use crate::handle::timed_out::TimedOut;

/// With the feature `tonic`: `UNAVAILABLE`, with a
/// [`google.rpc.RetryInfo`](https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto) among its details. Its
/// `grpc-retry-pushback-ms` makes clients with a [retry policy](https://github.com/grpc/proposal/blob/master/A6-client-retries.md) wait, or
/// not retry at all if the breaker does not try again; it is absent if a [drill](CallNotPermitted::is_injected) failed the call. The message
/// names neither breaker nor cause, since a server may send it on. The refusal is the status's source, which stays in the process.
impl From<CallNotPermitted> for Status {
    fn from(refusal: CallNotPermitted) -> Self {
        let left = refusal.retry_after();
        let message = unavailable::message(&refusal);
        // A negative number means: do not retry.
        let milliseconds = left.map_or(-1, |left| i64::try_from(milliseconds(left)).unwrap_or(i64::MAX));
        let mut metadata = MetadataMap::new();
        if !refusal.is_injected() {
            metadata.insert("grpc-retry-pushback-ms", MetadataValue::from(milliseconds));
        }
        let details = left.map_or_else(Vec::new, |left| retry_info(Code::Unavailable, &message, left));
        let mut status =
            Self::with_details_and_metadata(Code::Unavailable, message, details.into(), metadata);
        status.set_source(Arc::new(refusal));
        status
    }
}

/// With the feature `tonic`, in a box: a [`Status`] is large, and clippy asks for one.
impl From<CallNotPermitted> for Box<Status> {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::new(refusal.into())
    }
}

/// With the feature `tonic`: `DEADLINE_EXCEEDED`. The message does not name the breaker; the error is the status's source.
impl From<TimedOut> for Status {
    fn from(timed_out: TimedOut) -> Self {
        let mut status = Self::deadline_exceeded(unavailable::LATE);
        status.set_source(Arc::new(timed_out));
        status
    }
}

/// With the feature `tonic`, in a box.
impl From<TimedOut> for Box<Status> {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(timed_out.into())
    }
}

/// With the feature `tonic`: the status of the error that it contains.
impl<E: Into<Status>> From<Error<E>> for Status {
    fn from(error: Error<E>) -> Self {
        converted(error)
    }
}

/// With the feature `tonic`, in a box.
impl<E: Into<Box<Status>>> From<Error<E>> for Box<Status> {
    fn from(error: Error<E>) -> Self {
        converted(error)
    }
}

fn converted<E: Into<T>, T: From<CallNotPermitted>>(error: Error<E>) -> T {
    match error {
        Error::Inner(error) => error.into(),
        Error::NotPermitted(refusal) => refusal.into(),
    }
}

/// Rounded up.
fn milliseconds(left: Duration) -> u128 {
    left.as_nanos().div_ceil(1_000_000)
}

/// A `google.rpc.Status` whose only detail is a `google.rpc.RetryInfo`, as Protocol Buffers encode it.
fn retry_info(code: Code, message: &str, left: Duration) -> Vec<u8> {
    let mut delay = Vec::new();
    number(&mut delay, 1, left.as_secs());
    number(&mut delay, 2, left.subsec_nanos().into());
    let info = bytes(1, &delay);
    let mut any = bytes(1, b"type.googleapis.com/google.rpc.RetryInfo");
    any.extend(bytes(2, &info));
    let mut status = Vec::new();
    number(&mut status, 1, i32::from(code).unsigned_abs().into());
    status.extend(bytes(2, message.as_bytes()));
    status.extend(bytes(3, &any));
    status
}

/// A field that is a number; one that is 0 is left out.
fn number(to: &mut Vec<u8>, field: u8, value: u64) {
    if value > 0 {
        to.push(field << 3);
        varint(to, value);
    }
}

/// A field that is a text or a message.
fn bytes(field: u8, content: &[u8]) -> Vec<u8> {
    let mut to = vec![field << 3 | 2];
    varint(&mut to, content.len() as u64);
    to.extend_from_slice(content);
    to
}

/// Seven bits a byte, the lowest first; the eighth bit marks that more follow.
fn varint(to: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}
