//! What a refusal tells those who retry.

use std::time::Duration;

use super::error::CallNotPermitted;

impl CallNotPermitted {
    /// How long to wait before the refused call is tried again, if a backoff plans to wait for `planned`: that long, but at least until the
    /// breaker tries again. `None` if there is to be no other attempt: none is planned, or the breaker does not know when it will admit
    /// calls. If a [drill](Self::is_injected) failed the call, other calls may be admitted, so it is as planned. This fits what `backon` and
    /// `tower::retry` ask for, as [the page about layers](crate::docs::layers) shows.
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
        let least = if self.is_injected() { Duration::ZERO } else { self.retry_after()? };
        Some(planned?.max(least))
    }
}
