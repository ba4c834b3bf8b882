//! Words of the attribute that have no function of the same name, with what an editor shows of them.
#![allow(non_upper_case_globals, reason = "they are called as they are written")]

/// `name = "payments"`: the name of the breaker, in messages, listings and metrics. A string, or a constant; what is in braces is
/// part of it. By default, the path of the function.
pub const name: () = ();

/// `success = TRACKER`: errors that count as a success (a 404 proves the service alive). Asked after `ignore`, and before `track`.
pub const success: () = ();

/// As an argument, `ignore = TRACKER`: results that say nothing, `Ok` values too (a cache hit). They are asked for first, and recorded
/// nowhere. As an outcome, `on_panic = ignore`: the call is as if it had not been.
pub const ignore: () = ();

/// `rejected = |refusal| ..`: a closure or a path from `CallNotPermitted` to the return type. It gives what a refused call returns.
pub const rejected: () = ();

/// `fallback = |error| ..`: a closure or a path from the error to the return type. It runs on a refusal, and on any `Err`.
pub const fallback: () = ();

/// `timeout = 2s`: ends a call of an `async` function once it has taken so long. It is a failure, and the error is made from a `TimedOut`.
pub const timeout: () = ();

/// `on_cancel = ignore`: what a future counts as that is dropped before it has finished. `failure(after = 2s)` makes it a failure only
/// if it had run for so long.
pub const on_cancel: () = ();

/// `breaker = PAYMENTS`: the place of a `CircuitBreaker` that there is already, perhaps shared with other functions.
pub const breaker: () = ();

/// `handle = PAYMENTS`: a name for the function's breaker, which becomes a `static` beside the function; beside a method, an
/// associated constant.
pub const handle: () = ();

/// As a tracker, every `Err`.
pub const all: () = ();

/// `matches(PATTERN if GUARD)`: an `Err` whose error matches.
pub const matches: () = ();

/// `custom(FUNCTION)`: an `Err` for whose error, passed as `&E`, the path or closure returns `true`.
pub const custom: () = ();

/// `ok(PATTERN if GUARD)`: an `Ok` whose value matches: a 500 that arrived as `Ok(response)`.
pub const ok: () = ();

/// `server_errors`: an `Ok` response or an `Err` whose status says that the server failed, 5xx of HTTP or the like of gRPC; and an `Err`
/// without a status. An `Err` with another status is a success, if nothing else claims it.
pub const server_errors: () = ();

/// `returned(PATTERN if GUARD)`: a return value that matches, whether it is a `Result` or not.
pub const returned: () = ();

/// `retry = from_error(FUNCTION, otherwise = RETRY)`: if the error of the failure that opens the breaker asks for a pause, by a
/// `Retry-After`, say, that is how long it stays open. The function, or closure, is called with `&E`, and returns an `Option<Duration>`.
/// Beside `breaker = PLACE`, `retry = from_error(FUNCTION)` goes before the retry of that breaker.
/// See [`failure_for`](crate::Call::failure_for).
pub const from_error: () = ();

/// In `from_error`, the retry where the error asks for nothing. By default, `cooldown(60s)`.
pub const otherwise: () = ();

/// The call counts as a failure.
pub const failure: () = ();

/// `key = host`: an expression of the parameters. Each value of it has a breaker of its own. It is borrowed, never moved.
pub const key: () = ();

/// `max_keys = 10_000`: how many keys may have breakers.
pub const max_keys: () = ();

/// `key_idle = 1h`: after how long without use the breaker of a key may go that is closed.
pub const key_idle: () = ();
