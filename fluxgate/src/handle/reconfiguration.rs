//! Giving a breaker other settings while it is in use.

use super::circuit_breaker::CircuitBreaker;
use crate::engine::breaker::Breaker;
use crate::engine::reconfigure::reconfigure;
use crate::settings::Settings;
use crate::settings::changes::Changes;
use crate::settings::error::ConfigError;

impl CircuitBreaker {
    /// Changes settings of the breaker while it is in use. Its name, listeners, handles and clock stay, and so does its state: one that
    /// was forced open remains so, and an open one tries again when it would have.
    ///
    /// If the rule or the window changes, a new [generation](crate::Call::generation) begins: calls in progress no longer count, and a
    /// trial begins anew. What the breaker remembers of calls is kept, if the window stays and the rule asks for durations no more and no
    /// less than before; if the new rule holds for it, the breaker trips.
    ///
    /// ```
    /// # use fluxgate::{Changes, CircuitBreaker, State, trip};
    /// let breaker = CircuitBreaker::builder("payments").trip(trip::failure_streak(5)).build()?;
    /// for _ in 0..3 {
    ///     let _ = breaker.call(|| Err::<(), _>("down"));
    /// }
    /// breaker.reconfigure(&Changes::new().trip(trip::failure_streak(3)))?;
    /// assert_eq!(breaker.state(), State::Open);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// Everything that would be wrong with the settings, as of [`build`](crate::Builder::build); then nothing is changed.
    pub fn reconfigure(&self, changes: &Changes) -> Result<(), ConfigError> {
        let breaker = self.enrolled();
        change(breaker, |settings| changes.of(settings))
    }
}

/// Gives the breaker the settings that `changed` makes of its present ones, if they are right and others.
pub(super) fn change(breaker: &Breaker, changed: impl Fn(&Settings) -> Settings) -> Result<(), ConfigError> {
    loop {
        let present = breaker.settings_ref();
        let settings = changed(present.get());
        settings.check(breaker.has_clock())?;
        // Nothing is locked meanwhile, so another thread may have changed others: then this one looks again, and none is lost.
        if settings == *present.get() || reconfigure(breaker, present.get(), settings) {
            return Ok(());
        }
    }
}
