//! What a function needs if its calls have a time limit.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use std::time::Duration;

use super::unmet::{Impossible, Met, Unmet};
use crate::handle::limit::Limit;
use crate::handle::timed_out::TimedOut;

/// The time limit of a function.
#[inline]
pub const fn limit<T: HasTimer>(limit: Duration) -> Limit {
    Limit::new(limit)
}

#[cfg_attr(
    not(feature = "tokio"),
    diagnostic::on_unimplemented(
        message = "`timeout` needs the feature `tokio` of Fluxgate",
        label = "run `cargo add fluxgate --features tokio`",
        note = "with another runtime, end the call in the function, and count it as slow: `slow_rate(0.5, 2s)`",
        note = "to set how long an open breaker waits, write `retry = cooldown(60s)`, for example"
    )
)]
#[cfg_attr(
    feature = "tokio",
    diagnostic::on_unimplemented(
        message = "`timeout` needs tokio's timers, which do not work on this target",
        label = "end the call in the function, by a timer of the host",
        note = "if its breaker has a clock, count it as slow: `slow_rate(0.5, 2s)`"
    )
)]
pub trait HasTimer {}

#[cfg(all(feature = "tokio", not(all(target_family = "wasm", target_os = "unknown"))))]
impl HasTimer for () {}

/// The return type of a function with a time limit whose tracker looks at whole return values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so nothing says what to return when the call times out",
    label = "return a `Result`, or remove `timeout` and end the call in the function"
)]
pub trait Limitable: Sized {
    type Error;

    fn timed_out(timed_out: TimedOut, become_error: impl FnOnce(TimedOut) -> Self::Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E> Limitable for Result<T, E> {
    type Error = E;

    #[inline]
    fn timed_out(timed_out: TimedOut, become_error: impl FnOnce(TimedOut) -> E) -> Self {
        Err(become_error(timed_out))
    }
}

/// An error type that a time-out converts into.
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot say that a call timed out",
    label = "needs `From<fluxgate::TimedOut>`, since the attribute has a `timeout`",
    note = "if it is a type of yours, add a variant to it, here with thiserror:\n`#[error(transparent)] TimedOut(#[from] fluxgate::TimedOut),`",
    note = "if it is a type of another crate, put it into an enum of yours that has this variant, too;\nfor `tonic::Status`, enable the feature `tonic` of Fluxgate, and for what axum's handlers return, `axum`",
    note = "if it is a type parameter, it needs the bound `{E}: From<fluxgate::TimedOut>`"
)]
pub trait Expires<E, How> {
    fn expire(self) -> E;
}

#[diagnostic::do_not_recommend]
impl<E: From<Self>> Expires<E, Met> for TimedOut {
    #[inline]
    fn expire(self) -> E {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Impossible> Expires<E, Unmet> for TimedOut {
    fn expire(self) -> E {
        E::never()
    }
}
