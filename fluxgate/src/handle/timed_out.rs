//! What callers receive when a call took too long.

use core::fmt;
use core::hash::{Hash, Hasher};
use std::time::Duration;

use fluxgate_rules::duration::Spelled;

use crate::configuration::lent::LentSettings;
use crate::engine::breaker::Breaker;

/// A call took longer than its `timeout`, and was ended. For the breaker, it is a failure that took that long.
///
/// A function whose attribute has a `timeout` returns it as its error, whose type therefore has to be [`From`] it, as from
/// [`CallNotPermitted`](crate::CallNotPermitted). With thiserror, that is one more line with `#[from]`; `std::io::Error`, `anyhow::Error`
/// and `Box<dyn Error + Send + Sync>` need nothing; [`Error<E>`](crate::Error) needs it from `E`.
///
/// ```
/// # #[cfg(feature = "tokio")] {
/// use fluxgate::{TimedOut, circuit_breaker};
/// use std::time::Duration;
///
/// #[circuit_breaker(name = "payments", timeout = 20ms)]
/// async fn charge() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///     std::future::pending().await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = charge().await.unwrap_err();
/// let timed_out = error.downcast_ref::<TimedOut>().unwrap();
/// assert_eq!((timed_out.breaker(), timed_out.limit()), ("payments", Duration::from_millis(20)));
/// assert_eq!(error.to_string(), "the call timed out after 20ms (circuit breaker `payments`)");
/// # }
/// # main();
/// # }
/// ```
#[derive(Clone)]
pub struct TimedOut {
    settings: LentSettings,
    limit: Duration,
}

impl TimedOut {
    pub(super) fn new(breaker: &Breaker, limit: Duration) -> Self {
        Self { settings: breaker.lent_settings(), limit }
    }

    /// The name of the breaker that guards the call.
    pub fn breaker(&self) -> &str {
        self.settings.name()
    }

    /// How long the call was allowed to take.
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

/// Time-outs are equal if they say the same.
impl PartialEq for TimedOut {
    fn eq(&self, other: &Self) -> bool {
        (self.breaker(), self.limit) == (other.breaker(), other.limit)
    }
}

impl Eq for TimedOut {}

impl Hash for TimedOut {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.breaker(), self.limit).hash(hasher);
    }
}

impl fmt::Debug for TimedOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TimedOut")
            .field("breaker", self.settings.name())
            .field("limit", &self.limit)
            .finish()
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.settings.name();
        write!(formatter, "the call timed out after {} (circuit breaker `{name}`)", Spelled(self.limit))
    }
}

impl std::error::Error for TimedOut {}

/// Of the kind [`TimedOut`](std::io::ErrorKind::TimedOut), with the error inside.
impl From<TimedOut> for std::io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, timed_out)
    }
}

/// As the standard library does for `Box<dyn Error>` and `Box<dyn Error + Send + Sync>`.
impl From<TimedOut> for Box<dyn std::error::Error + Send> {
    fn from(timed_out: TimedOut) -> Self {
        Box::new(timed_out)
    }
}

/// With the feature `serde`: `breaker`, `limit` in seconds, and `message`, which is what it prints.
#[cfg(feature = "serde")]
impl serde::Serialize for TimedOut {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("TimedOut", 3)?;
        fields.serialize_field("breaker", self.breaker())?;
        fields.serialize_field("limit", &self.limit.as_secs_f64())?;
        fields.serialize_field("message", &format_args!("{self}"))?;
        fields.end()
    }
}
