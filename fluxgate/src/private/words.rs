//! Words of the attribute that are not names of functions, with what an editor shows for them.
#![allow(non_upper_case_globals, reason = "they are called as they are written")]

/// `name = "payments"`: the name of the breaker, in messages, listings and metrics. A string, or a constant; what is in braces is
/// part of it. By default, the path of the function.
pub const name: () = ();

/// `success = TRACKER`: errors that count as a success (a 404 proves the service alive). Asked after `ignore`, and before `track`.
pub const success: () = ();

/// As an argument, `ignore = TRACKER`: results that say nothing about the dependency, including `Ok` values (a cache hit). It is asked
/// first, and what it claims is not recorded. As an outcome, `on_panic = ignore`: the call is not recorded.
pub const ignore: () = ();

/// `rejected = |refusal| ..`: a closure or a path from `CallNotPermitted` to the return type. It makes what a refused call returns.
pub const rejected: () = ();

/// `fallback = |error| ..`: a closure or a path from the error to the return type. It runs on a refusal, and on any `Err`.
pub const fallback: () = ();

/// `timeout = 2s`: ends a call of an `async` function after this time. The call is then a failure, and its error is made from a `TimedOut`.
pub const timeout: () = ();

/// `on_cancel = ignore`: what a future that is dropped before it has finished counts as. With `failure(after = 2s)`, it is a failure only
/// if it had run for that long.
pub const on_cancel: () = ();

/// `breaker = PAYMENTS`: the place of an existing `CircuitBreaker`, perhaps shared with other functions.
pub const breaker: () = ();

/// `handle = PAYMENTS`: a name for the function's breaker, which becomes a `static` next to the function, or for a method, an associated
/// constant.
pub const handle: () = ();

/// As a tracker, every `Err`.
pub const all: () = ();

/// `matches(PATTERN if GUARD)`: an `Err` whose error matches.
pub const matches: () = ();

/// `custom(FUNCTION)`: an `Err` for whose error, passed as `&E`, the path or closure returns `true`.
pub const custom: () = ();

/// `ok(PATTERN if GUARD)`: an `Ok` whose value matches: a 500 that arrived as `Ok(response)`.
pub const ok: () = ();

/// `server_errors`: an `Ok` response or an `Err` whose status says that the server failed, 5xx in HTTP or its equivalent in gRPC; and an `Err`
/// without a status. An `Err` with another status is a success, if nothing else claims it.
pub const server_errors: () = ();

/// `returned(PATTERN if GUARD)`: a return value that matches, whether it is a `Result` or not.
pub const returned: () = ();

/// `retry = from_error(FUNCTION, otherwise = RETRY)`: if the error that opens the breaker asks for a pause, by a `Retry-After` for example,
/// that is how long it stays open. The function or closure is called with `&E`, and returns an `Option<Duration>`. With `breaker = PLACE`,
/// `retry = from_error(FUNCTION)` takes precedence over the retry of that breaker. See [`failure_for`](crate::Call::failure_for).
pub const from_error: () = ();

/// In `from_error`, the retry if the error asks for nothing. By default, `cooldown(60s)`.
pub const otherwise: () = ();

/// The call counts as a failure.
pub const failure: () = ();

/// `key = host`: an expression of the parameters, each of whose values has its own breaker. It is borrowed, never moved.
pub const key: () = ();

/// `max_keys = 10_000`: how many keys may have breakers.
pub const max_keys: () = ();

/// `key_idle = 1h`: how long the closed breaker of a key may be idle before it is evicted.
pub const key_idle: () = ();
