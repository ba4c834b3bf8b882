//! What a refusal says to those who retry.

use std::time::Duration;

use super::error::CallNotPermitted;

impl CallNotPermitted {
    /// How long to wait before the refused call is tried again, where a backoff has planned to wait for `planned`: that, but at least
    /// until the breaker tries again. `None` if there is to be no other attempt: none is planned, or the breaker does not say when it
    /// will admit calls. As [the page about layers](crate::docs::layers) shows, it fits what `backon` and `tower::retry` ask for.
    ///
    /// ```
    /// use fluxgate::CircuitBreaker;
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder("payments").build()?;
    /// breaker.open_for(Duration::from_secs(10));
    /// let refusal = breaker.acquire().unwrap_err();
    /// assert!(refusal.delay_retry(Some(Duration::from_millis(100))) > Some(Duration::from_secs(9)));
    /// assert_eq!(refusal.delay_retry(None), None);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    #[must_use]
    pub fn delay_retry(&self, planned: Option<Duration>) -> Option<Duration> {
        Some(planned?.max(self.retry_after()?))
    }
}
