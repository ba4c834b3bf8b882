//! An admitted call that borrows nothing.

use core::fmt;
use std::mem;
use std::time::Duration;

use super::call::Call;
use super::circuit_breaker::CircuitBreaker;
use super::error::CallNotPermitted;
use super::isolation::double;
use crate::engine::word::StateWord;
use crate::state::{Outcome, State};

/// An admitted call that holds a handle to its breaker: for a response's body, a stream, or a service's future, which outlive the place
/// where the call was admitted. Returned by [`CircuitBreaker::acquire_owned`].
///
/// It is reported and dropped like a [`Call`]: where a stream ends by `?`, report the failure first.
///
/// ```
/// use fluxgate::{CircuitBreaker, Outcome, OwnedCall};
/// use std::io::{self, BufRead as _};
///
/// struct Lines {
///     lines: io::Lines<io::BufReader<std::fs::File>>,
///     call: Option<OwnedCall>, // `None` once it was reported
/// }
///
/// impl Iterator for Lines {
///     type Item = io::Result<String>;
///
///     fn next(&mut self) -> Option<io::Result<String>> {
///         let line = self.lines.next();
///         let outcome = match line {
///             Some(Ok(_)) => return line,
///             Some(Err(_)) => Outcome::Failure,
///             None => Outcome::Success,
///         };
///         if let Some(call) = self.call.take() {
///             call.record(outcome);
///         }
///         line
///     }
/// }
///
/// let breaker = CircuitBreaker::builder("disk").build()?;
/// let call = Some(breaker.acquire_owned()?);
/// let lines = io::BufReader::new(std::fs::File::open("Cargo.toml")?).lines();
/// assert!(Lines { lines, call }.count() > 0);
/// assert_eq!(breaker.metrics().total(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping it at once cancels the call"]
pub struct OwnedCall {
    breaker: CircuitBreaker,
    /// As in a [`Call`]; [`StateWord::NONE`] once the call is over.
    word: StateWord,
    start: u64,
}

impl CircuitBreaker {
    /// Like [`acquire`](Self::acquire), for a call that outlives the place where it is admitted: a response's body, a stream, a service.
    ///
    /// # Errors
    /// The refusal.
    pub fn acquire_owned(&self) -> Result<OwnedCall, CallNotPermitted> {
        let breaker = resolved(self.clone());
        let parts = breaker.acquire()?.into_parts();
        Ok(OwnedCall::new(breaker, parts))
    }
}

/// The handle, or one to the double if a test has isolated this thread.
#[inline]
pub(super) fn resolved(breaker: CircuitBreaker) -> CircuitBreaker {
    match double(breaker.breaker()) {
        Some(double) => CircuitBreaker::from_static(double),
        None => breaker,
    }
}

impl OwnedCall {
    /// A call that `breaker` has admitted.
    #[inline]
    pub(super) fn new(breaker: CircuitBreaker, (word, start): (StateWord, u64)) -> Self {
        Self { breaker, word, start }
    }

    /// Asks the breaker to admit a call whose body begins on this thread: `body` runs the part of it that runs now.
    #[inline]
    pub(crate) fn begin<T>(
        breaker: CircuitBreaker,
        body: impl FnOnce() -> T,
    ) -> Result<(Self, T), CallNotPermitted> {
        let breaker = resolved(breaker);
        let (begun, parts) = match Call::enter_async(breaker.breaker()) {
            Ok(call) => {
                let begun = body();
                call.suspend();
                (begun, call.into_parts())
            }
            Err(refusal) => return Err(refusal.into_error(|refusal| refusal)),
        };
        Ok((Self::new(breaker, parts), begun))
    }

    /// Runs a part of the call's body, on this thread. If it panics, the call is over.
    #[inline]
    pub(crate) fn run<T>(&mut self, part: impl FnOnce(&mut Call<'_>) -> T) -> T {
        let word = mem::replace(&mut self.word, StateWord::NONE);
        let mut call = Call::from_parts(self.breaker.breaker(), word, self.start);
        call.resume();
        let done = part(&mut call);
        call.suspend();
        let (word, _) = call.into_parts();
        self.word = word;
        done
    }

    /// Records that the caller dropped the call.
    pub(crate) fn cancel(mut self) {
        self.take().cancel();
    }

    /// Takes the call out of this handle, for which it is over.
    #[inline]
    pub(super) fn take(&mut self) -> Call<'_> {
        let word = mem::replace(&mut self.word, StateWord::NONE);
        Call::from_parts(self.breaker.breaker(), word.unscoped(), self.start)
    }

    /// The breaker that admitted it.
    pub fn breaker(&self) -> &CircuitBreaker {
        &self.breaker
    }

    /// See [`Call::state`].
    pub fn state(&self) -> State {
        self.word.state()
    }

    /// See [`Call::generation`].
    pub fn generation(&self) -> u64 {
        self.word.generation()
    }

    /// Reports a success: the dependency is healthy.
    pub fn success(self) {
        self.record(Outcome::Success);
    }

    /// Reports a failure: the dependency is not healthy.
    pub fn failure(self) {
        self.record(Outcome::Failure);
    }

    /// Reports a failure after which the dependency wants to be left alone for `pause`: see [`Call::failure_for`].
    pub fn failure_for(mut self, pause: Duration) {
        self.take().failure_for(pause);
    }

    /// Reports that the call says nothing about the dependency: see [`Call::ignore`].
    pub fn ignore(self) {
        self.record(Outcome::Ignored);
    }

    /// Reports the outcome of the call.
    #[inline]
    pub fn record(mut self, outcome: Outcome) {
        self.take().record(outcome);
    }
}

impl Drop for OwnedCall {
    #[inline]
    fn drop(&mut self) {
        if self.word != StateWord::NONE {
            drop(self.take());
        }
    }
}

impl fmt::Debug for OwnedCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OwnedCall")
            .field("breaker", &self.breaker.name())
            .field("state", &self.state())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}
