//! Injecting faults.

use super::circuit_breaker::CircuitBreaker;
use crate::configuration::config_error::ConfigError;
use crate::configuration::fault::Fault;
use crate::engine::fault;

impl CircuitBreaker {
    /// With the feature `chaos`: injects a fault, to rehearse an outage. Until it ends or is [cleared](Self::clear_fault), it strikes a
    /// random share of the calls that the breaker admits:
    ///
    /// - A call that it fails is not made. Its caller, or its `fallback`, gets what a refused call gets: a
    ///   [`CallNotPermitted`](crate::CallNotPermitted), which [tells](crate::CallNotPermitted::is_injected) that it comes from a drill. For
    ///   the breaker it is a failure like any other, whatever the trackers say: it trips when its rule holds.
    /// - A call that it delays is made after the delay, which is part of its duration. A function that is not `async` blocks its thread
    ///   meanwhile; a future waits on tokio's timer, and outside tokio's runtime not at all. A call that is [acquired](Self::acquire) has
    ///   no body that could wait, and is not delayed.
    ///
    /// The breaker's own behaviour does not change. The fault leaves its state alone, and survives transitions and resets; while the breaker
    /// is disabled, it strikes no call. There is one fault at a time: another one replaces it. [`Snapshot::fault`](crate::Snapshot::fault)
    /// shows it, and with the feature `tracing`, a `WARN` reports when it begins, and an `INFO` when it has ended, which the next call
    /// notices.
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, Fault, State, trip};
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::builder("payments").trip(trip::failure_streak(3)).build()?;
    /// breaker.inject(Fault::lasting(Duration::from_secs(60)).fail(1.0))?;
    /// for _ in 0..3 {
    ///     let error = breaker.call(|| Ok::<_, std::io::Error>("never made")).unwrap_err();
    ///     assert_eq!(error.to_string(), "circuit breaker `payments` failed the call: a fault is injected, for a drill");
    /// }
    /// assert_eq!(breaker.state(), State::Open);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// A fault that makes no sense: shares below 0 or above 1, alone or in sum, a fault that does nothing, lasts for no time or for more
    /// than a day, or delays calls for longer than it lasts; and any fault where there is no clock to end it.
    pub fn inject(&self, fault: Fault) -> Result<(), ConfigError> {
        let breaker = self.enrolled();
        fault.check(breaker.has_clock())?;
        fault::inject(breaker, fault);
        Ok(())
    }

    /// With the feature `chaos`: removes the [injected](Self::inject) fault, if there is one. Calls that are being delayed wait to the end
    /// of their delay.
    pub fn clear_fault(&self) {
        fault::clear(self.enrolled());
    }
}
