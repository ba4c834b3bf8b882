//! What the result of a call says about the dependency.

use std::time::Duration;

use crate::callback::contain;
use crate::handle::guarded_call::GuardedCall;
use crate::state::Outcome;

/// Decides what the result of a call says about the dependency: any `Fn(&Result<Response, Error>) -> Outcome`.
///
/// If it panics, the panic is contained, and an `Err` is a failure, without a pause of its own.
///
/// ```
/// use fluxgate::tower::CircuitBreakerLayer;
/// use fluxgate::{CircuitBreaker, Outcome};
///
/// let breaker = CircuitBreaker::builder("prices").build()?;
/// let layer = CircuitBreakerLayer::new(breaker).classify(|result: &Result<Option<u32>, std::io::Error>| match result {
///     Ok(Some(_)) => Outcome::Success,
///     Ok(None) => Outcome::Ignored,
///     Err(_) => Outcome::Failure,
/// });
/// # let _ = layer;
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub trait Classify<Response, Error> {
    /// The outcome of the call.
    fn classify(&self, result: &Result<Response, Error>) -> Outcome;

    /// How long a dependency that failed asks to be left alone, if it does. See [`failure_for`](crate::Call::failure_for).
    fn pause(&self, result: &Result<Response, Error>) -> Option<Duration> {
        let _ = result;
        None
    }
}

impl<Response, Error, F: Fn(&Result<Response, Error>) -> Outcome> Classify<Response, Error> for F {
    fn classify(&self, result: &Result<Response, Error>) -> Outcome {
        self(result)
    }
}

/// Every `Ok` is a success, every `Err` a failure. An HTTP response is then a success, whatever its status.
#[derive(Clone, Copy, Default, Debug)]
pub struct Errors;

impl<Response, Error> Classify<Response, Error> for Errors {
    #[inline]
    fn classify(&self, result: &Result<Response, Error>) -> Outcome {
        Outcome::of(result)
    }
}

/// Records the outcome of a call.
#[inline]
pub(super) fn record<Response, Error>(
    call: GuardedCall,
    outcome: Outcome,
    classifier: &impl Classify<Response, Error>,
    result: &Result<Response, Error>,
) {
    let failed = outcome == Outcome::Failure;
    match failed.then(|| contain(|| classifier.pause(result)).flatten()).flatten() {
        Some(pause) => call.failure_for(pause),
        None => call.record(outcome),
    }
}

/// Asks the classifier, which is user code.
pub(super) fn outcome<Response, Error>(
    classifier: &impl Classify<Response, Error>,
    result: &Result<Response, Error>,
) -> Outcome {
    contain(|| classifier.classify(result)).unwrap_or(Outcome::of(result))
}
