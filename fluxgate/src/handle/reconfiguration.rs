//! Changing a breaker's settings while it is in use.

use super::circuit_breaker::CircuitBreaker;
use crate::configuration::changes::Changes;
use crate::configuration::config_error::ConfigError;
use crate::engine::reconfigure::change;

impl CircuitBreaker {
    /// Changes settings of the breaker while it is in use. Its name, listeners, handles and clock stay, and so does its state: one that
    /// was forced open remains so, and an open one tries again when it would have. If that was [never](crate::retry::never), and the new
    /// retry is another one, the next call begins a trial.
    ///
    /// If the rule or the window changes, a new [generation](crate::Call::generation) begins: calls in progress no longer count, and a
    /// trial starts over. The breaker keeps what it remembers of calls if the window stays and the rule needs to know the same of them as
    /// before: which durations of `slow_rate` they reached, their average (`avg_latency`, `custom`), when one last succeeded
    /// (`failing_for`), and how many are running (`in_flight`). If the new rule holds for that, the breaker trips, or reports at once
    /// that it would have.
    ///
    /// The changes outlast settings from a file that mention others, and return once the file no longer mentions theirs. Changes that are
    /// valid only together with what a file has set keep that as well.
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
    /// Everything that would be wrong with the settings, as for [`build`](crate::Builder::build). Then nothing is changed.
    pub fn reconfigure(&self, changes: &Changes) -> Result<(), ConfigError> {
        let breaker = self.enrolled();
        change(breaker, |settings| changes.of(settings)).map(|_| ())
    }

    /// The settings in force, as changes that give another breaker the same ones. They print as the attribute would spell them.
    ///
    /// ```
    /// # use fluxgate::{Changes, CircuitBreaker, window};
    /// let breaker = CircuitBreaker::builder("payments").build()?;
    /// breaker.reconfigure(&Changes::new().window(window::count(20)))?;
    /// assert_eq!(
    ///     breaker.settings().to_string(),
    ///     "window = count(20), \
    ///      trip = closed & min(20) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5), \
    ///      retry = cooldown(1m), permit = ramp_up(0.1, 1.0, 1m), \
    ///      max_half_open_calls = 10, half_open_timeout = 1m, \
    ///      on_panic = failure, on_cancel = ignore, count_calls = false"
    /// );
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn settings(&self) -> Changes {
        let breaker = self.enrolled();
        let settings = Changes::to(&breaker.settings());
        // A command may have begun the counting.
        if breaker.word().is_counted() { settings.count_calls(true) } else { settings }
    }
}
