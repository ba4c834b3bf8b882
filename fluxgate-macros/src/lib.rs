//! The attribute `#[circuit_breaker]` and the macro `breaker!` of Fluxgate: what is written (`input`, with `track`) -> what is
//! asked for, checked (`model`) -> what it expands to (`output`).
#![forbid(unsafe_code)]

mod input;
mod model;
mod output;
#[cfg(test)]
mod tests;
mod track;

use proc_macro2::TokenStream;

use input::wrapper::is_wrapper;
use model::breaker::BreakerValue;
use model::guarded_function::GuardedFunction;
use output::expand;

// In `fluxgate`, where examples can run, there is more before this; an editor shows this alone.
/// # All arguments at a glance
///
/// `#[circuit_breaker]` guards a function with a circuit breaker: while the function fails too often, calls are refused instead of made.
/// Every argument is optional.
///
/// ```text
/// #[circuit_breaker(
///     name = "payments",                           // else the path of the function
///     window = count(100),                         // time(60s), time(60s, buckets = 6)
///     trip = min(10) & failure_rate(50%),          // failures(5) | failure_streak(5) | min(10) & slow_rate(50%, 2s)
///     normal = 5%,                                 // the share of calls that fails while healthy: the rule has to tolerate it
///     outage = 80%,                                // and in an outage: the rule has to notice it
///     retry = cooldown(60s),                       // backoff(5s, multiplier = 2, max = 5m, jitter = 10%), always, never
///     permit = ramp_up(10%, 100%, 60s),            // all, random(10%)
///     max_half_open_calls = 10,
///     half_open_timeout = 60s,
///     track = all,                                 // which results are failures: matches(Timeout) | ok(500..)
///     success = matches(NotFound),                 // which errors are successes
///     ignore = ok(Cached(_)),                      // which results say nothing
///     rejected = |refusal| Err(refusal.into()),    // what a refused call returns
///     fallback = |error| Ok(cached()),             // what a refused or failed call returns instead
///     timeout = 2s,                                // ends a call of an async function; feature `tokio`
///     on_panic = failure,
///     on_cancel = ignore,                          // failure(after = 2s)
///     count_calls = false,                         // true counts successes, too, and times calls
///     breaker = PAYMENTS,                          // an existing one, instead of all settings
///     handle = PAYMENTS,                           // a name for the function's breaker
///     key = host,                                  // a breaker for each value of an expression; feature `keyed`
///     max_keys = 10_000,
///     key_idle = 1h,                               // how long a key may go unused before its breaker is evicted
///     crate = ::fluxgate,
/// )]
/// ```
///
/// The function returns a `Result<T, E>` where `E: From<CallNotPermitted>`; else it needs `rejected` or `fallback`. Each word is
/// documented under its name in the modules `window`, `trip`, `retry`, `permit` and `track` of `fluxgate`.
#[proc_macro_attribute]
pub fn circuit_breaker(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand_attribute(arguments.into(), item.into()).into()
}

/// # All arguments at a glance
///
/// `breaker!` makes a `CircuitBreaker` for a `static`, a field, or any other place. Every argument is optional.
///
/// ```text
/// static PAYMENTS: CircuitBreaker = breaker!(
///     name = "payments",                     // else its module and line
///     window = count(100),                   // time(60s), time(60s, buckets = 6)
///     trip = min(10) & failure_rate(50%),    // failures(5) | failure_streak(5) | min(10) & slow_rate(50%, 2s)
///     normal = 5%,                           // the share of calls that fails while healthy: the rule has to tolerate it
///     outage = 80%,                          // and in an outage: the rule has to notice it
///     retry = cooldown(60s),                 // backoff(5s, multiplier = 2, max = 5m, jitter = 10%), always, never
///     permit = ramp_up(10%, 100%, 60s),      // all, random(10%)
///     max_half_open_calls = 10,
///     half_open_timeout = 60s,
///     on_panic = failure,
///     on_cancel = ignore,                    // failure(after = 2s)
///     count_calls = false,                   // true counts successes, too, and times calls
///     crate = ::fluxgate,
/// );
/// ```
#[proc_macro]
pub fn breaker(arguments: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_breaker(arguments.into()).into()
}

fn expand_attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if is_wrapper(&item) {
        return item;
    }
    match GuardedFunction::read(arguments, item) {
        Ok(guard) => expand::guarded(&guard),
        Err(refused) => expand::unguarded(&refused),
    }
}

fn expand_breaker(arguments: TokenStream) -> TokenStream {
    match BreakerValue::read(arguments) {
        Ok(breaker) => expand::breaker(&breaker),
        Err(errors) => expand::no_breaker(&errors),
    }
}
