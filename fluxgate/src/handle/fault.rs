//! Injecting faults.

use super::circuit_breaker::CircuitBreaker;
use crate::configuration::error::ConfigError;
use crate::configuration::fault::Fault;
use crate::engine::fault;

impl CircuitBreaker {
    /// With the feature `chaos`: injects a fault, to rehearse an outage. Until it is over, or [cleared](Self::clear_fault), it strikes a
    /// share of the calls that the breaker admits, at random:
    ///
    /// - A call that it fails is not made. Its caller gets what a refused call gets, a [`CallNotPermitted`](crate::CallNotPermitted) that
    ///   [says so](crate::CallNotPermitted::is_injected), and so may a `fallback`. For the breaker it is a failure like any other, whatever
    ///   the trackers say: it trips when its rule holds.
    /// - A call that it delays is made after the delay, which is part of its duration. A function that is not `async` blocks its thread
    ///   meanwhile; a future waits on tokio's timer, and outside of tokio's runtime not at all. What is [acquired](Self::acquire) has no
    ///   body that could wait, and is not delayed.
    ///
    /// The breaker's own behaviour is untouched. Its state is as it was, a transition or a reset leaves the fault in place, and a disabled
    /// breaker has none of it. There is one fault at a time: another one takes its place. [`Snapshot::fault`](crate::Snapshot::fault) shows
    /// it, and with the feature `tracing` a `WARN` tells when it begins and when it has ended, which the next call notices.
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
    /// A fault that makes no sense: shares that are none or more than 1 in sum, a fault that does nothing, lasts for no time or for more
    /// than a day, or delays calls for longer than it lasts; and any fault where there is no clock to end it.
    pub fn inject(&self, fault: Fault) -> Result<(), ConfigError> {
        let breaker = self.enrolled();
        fault.check(breaker.has_clock())?;
        fault::inject(breaker, fault);
        Ok(())
    }

    /// With the feature `chaos`: removes the [injected](Self::inject) fault, if there is one. A call that waits for its delay goes on
    /// waiting.
    pub fn clear_fault(&self) {
        fault::clear(self.enrolled());
    }
}
