//! What is wrong with settings.

use core::fmt;

/// The settings of a breaker are invalid.
///
/// Its `Display` says what is wrong with each and how to fix it, with the messages that the compiler gives for the attribute.
///
/// ```
/// use fluxgate::{CircuitBreaker, trip};
///
/// let error = CircuitBreaker::builder("payments").trip(trip::failure_rate(0.5)).build().unwrap_err();
/// assert!(error.to_string().contains(
///     "`failure_rate(0.5)` is not guarded by `min`: it trips on the first failed call",
/// ));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigError(pub(crate) String);

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
