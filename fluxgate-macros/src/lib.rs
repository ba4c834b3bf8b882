//! The attribute `#[circuit_breaker]` and the macro `breaker!` of Fluxgate.
#![forbid(unsafe_code)]

mod arguments;
mod errors;
mod expand;
mod function;
mod handler;
mod judge;
mod language;
mod place;
mod returns;
mod settings;
#[cfg(test)]
mod tests;
mod track;
mod trees;
#[cfg(test)]
mod whole;

use proc_macro::TokenStream;

/// Guards a function with a circuit breaker.
///
/// ```
/// use fluxgate::circuit_breaker;
///
/// #[circuit_breaker(trip = min(10) & failure_rate(50%), retry = backoff(5s, max = 2m))]
/// fn read(path: &str) -> std::io::Result<String> {
///     std::fs::read_to_string(path)
/// }
/// ```
///
/// It goes on functions, methods and trait methods with a body, sync or async, also on those that return `impl Future` or
/// `Pin<Box<dyn Future>>`, and under `#[async_trait]`. A generic function has one breaker for all its types. An `async fn` asks
/// its breaker when it is first polled.
///
/// # Arguments
///
/// All are optional, and `#[circuit_breaker]` alone works.
///
/// | argument | values | default |
/// |---|---|---|
/// | `name` | a string | `module::path::function` |
/// | `window` | what recent calls are remembered: `count(N)`, `time(D)`, `time(D, buckets = B)` | `count(100)` |
/// | `trip` | a [rule](#rules) | 50% of 100 calls while closed, of 10 calls while half-open; less where the window is smaller |
/// | `track` | a [tracker](#trackers): what counts as a failure | `all`: every `Err` |
/// | `success` | a tracker: errors that count as success, asked before `track` | none |
/// | `retry` | when an open breaker tries again: `cooldown(D)`, `cooldown(D, jitter = R)`, `backoff(D, multiplier = M, max = D, jitter = R)`, `always`, `never`, `custom(PATH)` | `cooldown(60s)` |
/// | `permit` | which calls a half-open breaker admits: `all`, `random(R)`, `ramp_up(R, R, D)`, `custom(PATH)` | `ramp_up(0.1, 1.0, 60s)` |
/// | `max_half_open_calls` | how many calls of a trial may run at once; more are refused, never queued | 10 |
/// | `half_open_timeout` | the longest stay in half-open, after which it re-opens | none |
/// | `rejected` | a closure or path, `CallNotPermitted -> Return`: what a refused call returns | `Err(E::from(..))` |
/// | `fallback` | a closure or path, `E -> Return`: what is returned instead of a refusal and of any `Err` | none |
/// | `on_panic` | what a call counts as that panicked: `failure` or `ignore` | `failure` |
/// | `on_cancel` | what a future counts as that was dropped unfinished: `failure` or `ignore` | `ignore` |
/// | `breaker` | a `CircuitBreaker` to use: `PAYMENTS`, `self.breaker` | one of its own |
/// | `handle` | a name: makes the function's breaker a `static` beside it, as visible as the function | none |
/// | `crate` | the path to `fluxgate` where it is renamed | `::fluxgate` |
///
/// - A **duration** D is `250us`, `500ms`, `1.5s`, `2m` or `1h`; a **ratio** R is `0.5` or `50%`. Those and numbers may also be
///   `const` paths or expressions, which are checked while the program compiles, too.
/// - The default of `trip` is `closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)`.
/// - Windows, rules, trackers, retries and permits are written bare, as above, or as strings: `trip = "min(10) & failure_rate(0.5)"`.
/// - In an `async fn`, a `rejected` or `fallback` that is an `async |..| ..` closure is awaited.
/// - `breaker` excludes `handle` and all that would configure another one.
///
/// # Rules
///
/// Conditions joined by `&` and `|`, of which `&` binds tighter, and parentheses.
///
/// | condition | holds if |
/// |---|---|
/// | `min(N)` | at least N calls are known |
/// | `failure_rate(R)` | at least the share R of them failed |
/// | `failures(N)` | at least N of them failed |
/// | `failure_streak(N)` | the latest N calls or more failed, whatever the window |
/// | `slow_rate(R, D)` | at least the share R took D or longer, failed calls included |
/// | `avg_latency(D)` | they took D or longer on average, failed calls included |
/// | `custom(PATH)` | the function `fn(&Metrics) -> bool` says so |
/// | `closed`, `half_open` | the breaker is in that state |
///
/// # Trackers
///
/// Joined by `&`, `|` and `!`. An `Err` that neither `success` nor `track` claims is ignored: it is recorded nowhere.
///
/// | tracker | claims |
/// |---|---|
/// | `all` | every `Err` |
/// | `matches(PATTERN if GUARD)` | errors that match |
/// | `type_of(T, ..)` | errors that are, or come from, a `T`; also inside `Box<dyn Error>` and `anyhow::Error` |
/// | `custom(PATH or closure)` | errors of which the function `&E -> bool` says so |
/// | `ok(PATTERN if GUARD)` | values in an `Ok` that match: a status 500 that arrived |
/// | `returned(PATTERN if GUARD)` | whatever is returned and matches, of any type |
///
/// # What is returned
///
/// A `Result<T, E>` with `E: From<CallNotPermitted>`. `std::io::Error`, `anyhow::Error`, `Box<dyn Error + Send + Sync>` and
/// `fluxgate::Error` are that as they are; with thiserror, it is a variant with `#[from] CallNotPermitted`. Any other type needs
/// `rejected` or `fallback`, and `track = returned(..)`.
///
/// ```
/// use fluxgate::{CallNotPermitted, circuit_breaker};
///
/// #[circuit_breaker(
///     trip = failure_streak(3),
///     track = returned(None),
///     rejected = |_: CallNotPermitted| None,
/// )]
/// fn price(item: u32) -> Option<u32> {
///     item.checked_mul(2)
/// }
///
/// assert_eq!(price(21), Some(42));
/// ```
///
/// # More examples
///
/// A 404 proves that a service is alive, and a 500 is a failure though it arrived.
///
/// ```
/// # use fluxgate::{CallNotPermitted, circuit_breaker};
/// enum HttpError {
///     NotFound,
///     Unreachable,
///     Refused(CallNotPermitted),
/// }
///
/// impl From<CallNotPermitted> for HttpError {
///     fn from(refusal: CallNotPermitted) -> Self {
///         Self::Refused(refusal)
///     }
/// }
///
/// #[circuit_breaker(
///     window = time(60s),
///     trip = min(20) & (failure_rate(50%) | slow_rate(30%, 1s)),
///     track = all | ok(500..),
///     success = matches(HttpError::NotFound),
/// )]
/// async fn get(url: &str) -> Result<u16, HttpError> {
///     # let _ = (url, HttpError::Unreachable);
///     Err(HttpError::NotFound)
/// }
/// ```
///
/// A breaker for each client, and an answer for when there is none.
///
/// ```
/// use fluxgate::{CircuitBreaker, breaker, circuit_breaker};
///
/// struct Client {
///     breaker: CircuitBreaker,
/// }
///
/// impl Client {
///     fn new() -> Self {
///         Self { breaker: breaker!(name = "client", trip = failure_streak(5)) }
///     }
///
///     #[circuit_breaker(breaker = self.breaker, fallback = |_| Ok("the usual".to_owned()))]
///     fn suggest(&self, user: u32) -> std::io::Result<String> {
///         Err(std::io::Error::other(format!("nothing about {user}")))
///     }
/// }
///
/// let client = Client::new();
/// assert_eq!(client.suggest(7).unwrap(), "the usual");
/// assert_eq!(client.breaker.metrics().failures(), 1);
/// ```
///
/// The breaker of a function, for those who want to see it.
///
/// ```
/// # use fluxgate::circuit_breaker;
/// #[circuit_breaker(handle = STOCK, trip = failure_streak(3))]
/// fn stock(item: u32) -> std::io::Result<u32> {
///     Ok(item)
/// }
///
/// stock(12).unwrap();
/// assert_eq!(STOCK.metrics().total(), 1);
/// assert_eq!(STOCK.snapshot().rule, "failure_streak(3)");
/// ```
///
/// # What is refused
///
/// A wrong argument is an error under the word that is wrong, and so is a rule that can never hold, trips on healthy traffic or
/// leaves a trial without an end. `const fn`, functions without a body, C-variadic ones and those with `#[track_caller]` cannot
/// be guarded.
#[proc_macro_attribute]
pub fn circuit_breaker(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(arguments.into(), &item.into()).into()
}

/// Makes a circuit breaker: for a `static` that several functions share, for a field, for anywhere.
///
/// It takes those arguments of the attribute that make a breaker: `name`, `window`, `trip`, `retry`, `permit`,
/// `max_half_open_calls`, `half_open_timeout`, `on_panic`, `on_cancel`, and `crate`. What is checked is the same. Unless set,
/// the name is the place in the program, `module::path:line`.
///
/// It is a constant. Each value is a breaker of its own, which begins with its first use.
///
/// ```
/// use fluxgate::{CircuitBreaker, breaker, circuit_breaker};
///
/// static PAYMENTS: CircuitBreaker =
///     breaker!(name = "payments", window = time(60s), trip = min(20) & failure_rate(30%));
///
/// #[circuit_breaker(breaker = PAYMENTS)]
/// fn charge(amount: u32) -> std::io::Result<u32> {
///     Ok(amount)
/// }
///
/// #[circuit_breaker(breaker = PAYMENTS)]
/// fn refund(amount: u32) -> std::io::Result<u32> {
///     Ok(amount)
/// }
///
/// charge(20).unwrap();
/// refund(20).unwrap();
/// assert_eq!(PAYMENTS.metrics().total(), 2);
/// ```
#[proc_macro]
pub fn breaker(arguments: TokenStream) -> TokenStream {
    expand::breaker(arguments.into()).into()
}
