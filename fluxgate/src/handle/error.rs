//! What callers receive instead of a value.

use core::fmt;
use core::hash::{Hash, Hasher};
use std::time::Duration;

use fluxgate_rules::duration::Spoken;

use super::timed_out::TimedOut;
use crate::clock::NEVER;
use crate::configuration::lent::LentSettings;
use crate::configuration::name::Name;
use crate::engine::breaker::Breaker;
use crate::events::cause::{Cause, Figures};
use crate::events::transition::Reason;
use crate::state::State;

/// A breaker refused a call.
///
/// Its `Display` says which breaker refused, why, and for how long: ``circuit breaker `payments` is open: 6 of the last 10 calls
/// failed (60% >= 50%); next attempt in 42s``.
///
/// ```
/// use fluxgate::{CircuitBreaker, State, trip};
/// use std::time::Duration;
///
/// let breaker = CircuitBreaker::builder("payments").trip(trip::failure_streak(3)).build()?;
/// for _ in 0..3 {
///     breaker.call(|| Err::<(), _>("down")).unwrap_err();
/// }
/// let refusal = breaker.acquire().unwrap_err();
/// assert_eq!((refusal.breaker(), refusal.state()), ("payments", State::Open));
/// assert_eq!(refusal.cause().unwrap().to_string(), "3 failed in a row (3 >= 3)");
/// assert!(refusal.retry_after() <= Some(Duration::from_secs(60)));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct CallNotPermitted {
    pub(super) settings: LentSettings,
    pub(super) state: State,
    /// In nanoseconds, or [`NEVER`].
    pub(super) left: u64,
    pub(super) figures: Figures,
    pub(super) source: CallNotMade,
}

/// The source of a refusal, by which it is recognised behind an error that forwards `source` to it, such as a `transparent` variant of
/// thiserror.
#[derive(Clone, Debug)]
pub(crate) struct CallNotMade {
    breaker: Identity,
}

/// The address of a breaker, since two breakers may have the same settings. Without the bits that are always zero, it fits into the padding
/// of a refusal.
type Identity = [u8; 7];

impl CallNotMade {
    pub(super) fn by(breaker: &Breaker) -> Self {
        Self { breaker: identity(breaker) }
    }

    /// Whether it was this breaker that refused.
    pub(crate) fn is_by(&self, breaker: &Breaker) -> bool {
        self.breaker == identity(breaker)
    }
}

fn identity(breaker: &Breaker) -> Identity {
    let address = std::ptr::from_ref(breaker).addr() / align_of::<Breaker>();
    let [bytes @ .., _] = (address as u64).to_le_bytes();
    bytes
}

impl fmt::Display for CallNotMade {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the call was not made")
    }
}

impl std::error::Error for CallNotMade {}

impl CallNotPermitted {
    /// The breaker's name.
    pub fn breaker(&self) -> &str {
        self.name()
    }

    /// The breaker's state when it refused: open, forced open, or half-open (when it admits only some of the calls). If a fault
    /// [was injected](Self::is_injected), the state in which it admitted the call.
    pub fn state(&self) -> State {
        self.state
    }

    /// How long to wait before another attempt. While open, the time until the breaker tries again. While half-open, a short pause, after
    /// which there may be room for another call: a tenth of the pause before the trial, at least 10 ms and at most 10 s, and up to half as
    /// long again at random, so that callers do not come back all at once. `None` if the breaker is forced open or never tries again, if a
    /// `custom` retry has yet to answer, or if a fault was [injected](Self::is_injected).
    pub fn retry_after(&self) -> Option<Duration> {
        (self.left != NEVER).then_some(Duration::from_nanos(self.left))
    }

    /// The condition that opened the breaker, with its figures; `None` if a command or hung calls opened it, if it is half-open or forced
    /// open, or if it was just changing state.
    pub fn cause(&self) -> Option<Cause> {
        self.figures.cause(self.settings.get().rule.nodes())
    }

    /// What brought the breaker into its state.
    fn reason(&self) -> Option<Reason> {
        Reason::of(self.figures, self.settings.get().rule.nodes())
    }

    /// Whether an injected [`Fault`](crate::Fault) failed the call, in a drill. Then the breaker did not refuse the call, but recorded a
    /// failure.
    pub fn is_injected(&self) -> bool {
        self.figures == Figures::FAULT
    }

    fn name(&self) -> &Name {
        self.settings.name()
    }
}

/// Refusals are equal if they say the same.
impl PartialEq for CallNotPermitted {
    fn eq(&self, other: &Self) -> bool {
        let said = |refusal: &Self| {
            (refusal.state(), refusal.retry_after(), refusal.reason(), refusal.is_injected())
        };
        self.name() == other.name() && said(self) == said(other)
    }
}

impl Eq for CallNotPermitted {}

impl Hash for CallNotPermitted {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.breaker(), self.state(), self.retry_after()).hash(hasher);
    }
}

/// With the feature `serde`: `breaker`, `state`, `retry_after` in seconds, and `message`, which is what it prints.
#[cfg(feature = "serde")]
impl serde::Serialize for CallNotPermitted {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("CallNotPermitted", 4)?;
        fields.serialize_field("breaker", self.breaker())?;
        fields.serialize_field("state", &self.state())?;
        fields.serialize_field("retry_after", &self.retry_after().map(|left| left.as_secs_f64()))?;
        fields.serialize_field("message", &format_args!("{self}"))?;
        fields.end()
    }
}

impl fmt::Debug for CallNotPermitted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("CallNotPermitted");
        fields.field("breaker", self.name()).field("state", &self.state());
        fields.field("retry_after", &self.retry_after()).field("reason", &self.reason());
        if self.is_injected() {
            fields.field("is_injected", &true);
        }
        fields.finish()
    }
}

impl fmt::Display for CallNotPermitted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_injected() {
            return write!(
                formatter,
                "circuit breaker `{}` failed the call: a fault is injected, for a drill",
                self.name()
            );
        }
        write!(formatter, "circuit breaker `{}` is {}", self.name(), self.state)?;
        match (self.state, self.reason()) {
            (State::Open, Some(reason)) => write!(formatter, ": {reason}")?,
            (State::HalfOpen, _) => formatter.write_str(": it admits only some calls while it tries")?,
            _ => {}
        }
        if let Some(left) = self.retry_after() {
            write!(formatter, "; next attempt in {}", Spoken::wait(left))?;
        }
        Ok(())
    }
}

/// Its source is an error of its own kind, `the call was not made`.
impl std::error::Error for CallNotPermitted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Lets a function that returns `io::Result` be annotated without further changes.
impl From<CallNotPermitted> for std::io::Error {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::other(refusal)
    }
}

/// As the standard library does for `Box<dyn Error>` and `Box<dyn Error + Send + Sync>`.
impl From<CallNotPermitted> for Box<dyn std::error::Error + Send> {
    fn from(refusal: CallNotPermitted) -> Self {
        Box::new(refusal)
    }
}

/// The error of a guarded call: the call's own error, or the refusal.
///
/// A time-out counts as the call's own error: with a `timeout`, `E` has to be [`From`] a [`TimedOut`].
///
/// It prints as the error that it contains. A function with the attribute may also return it: `Result<T, fluxgate::Error<E>>` needs no
/// conversion. In its body, `?` on an `E` needs a `map_err`, since a conversion from every `E` would conflict with the conversion from a
/// refusal:
///
/// ```
/// use fluxgate::Error::Inner;
/// use fluxgate::circuit_breaker;
///
/// #[circuit_breaker(trip = failure_streak(3))]
/// fn sum(terms: &[&str]) -> Result<u32, fluxgate::Error<std::num::ParseIntError>> {
///     let mut sum = 0;
///     for term in terms {
///         sum += term.parse::<u32>().map_err(Inner)?;
///     }
///     Ok(sum)
/// }
/// assert_eq!(sum(&["1", "2"]), Ok(3));
/// assert!(matches!(sum(&["one"]), Err(Inner(_))));
/// ```
///
/// Where a breaker is called by hand, `?` turns it into an error type of yours, once that says how:
///
/// ```
/// use fluxgate::Error::{Inner, NotPermitted};
/// use fluxgate::{CallNotPermitted, CircuitBreaker, breaker};
/// use std::io;
///
/// static DISK: CircuitBreaker = breaker!(name = "disk");
///
/// #[derive(Debug)]
/// enum BackupError {
///     Disk(io::Error),
///     Refused(CallNotPermitted),
/// }
///
/// impl From<fluxgate::Error<io::Error>> for BackupError {
///     fn from(error: fluxgate::Error<io::Error>) -> Self {
///         match error {
///             Inner(error) => Self::Disk(error),
///             NotPermitted(refusal) => Self::Refused(refusal),
///         }
///     }
/// }
///
/// fn back_up() -> Result<usize, BackupError> {
///     let text = DISK.call(|| std::fs::read("Cargo.toml"))?;
///     Ok(text.len())
/// }
/// # assert!(back_up().is_ok());
/// ```
///
/// With the feature `serde`, it serializes as the error that it contains.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
pub enum Error<E> {
    /// The call was made and failed.
    Inner(E),
    /// The call was refused.
    NotPermitted(CallNotPermitted),
}

/// The call was made, so a time-out is an error of its own.
impl<E: From<TimedOut>> From<TimedOut> for Error<E> {
    fn from(timed_out: TimedOut) -> Self {
        Self::Inner(timed_out.into())
    }
}

impl<E> From<CallNotPermitted> for Error<E> {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inner(error) => fmt::Display::fmt(error, formatter),
            Self::NotPermitted(refusal) => fmt::Display::fmt(refusal, formatter),
        }
    }
}

impl<E: std::error::Error> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Inner(error) => error.source(),
            Self::NotPermitted(refusal) => refusal.source(),
        }
    }
}
