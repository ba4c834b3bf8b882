//! Called only by macro expansions, and changed without notice. The macros and this module always have the same version.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

mod alias;
mod associated;
mod boxing;
mod closures;
mod evidence;
mod futures;
mod handlers;
#[cfg(feature = "keyed")]
mod keys;
mod made;
mod probe;
#[cfg(feature = "axum")]
mod responses;
mod returns;
mod sources;
mod static_breaker;
mod status;
mod text;
mod time_limit;
mod unmet;
pub mod words;

pub use fluxgate_rules::{Condition, Metrics, Node, Permit, Ratio, Retry, Rule, Window, check};
pub use std::boxed::Box;

/// The whole library, for what the user's words refer to.
pub extern crate self as fluxgate;

pub use self::alias::Alias;
pub use self::associated::AssociatedBreaker;
pub use self::boxing::{Boxing, NoFuture};
pub use self::closures::{ask, captured, custom, holds, never, owned, request, run};
pub use self::evidence::{ErrorType, Evidence, OfError, OfOurs, OfPointer, OfUnknown, evidence};
pub use self::futures::{deferred, deferred_or, guarded};
pub use self::handlers::{Custom, Fallback, FromError, Given, Rejected, Taken, handle, reject};
#[cfg(feature = "keyed")]
pub use self::keys::{Key, KeyOf, OwnedKey, Subject, Unnamed, Whole, breaker_of_handle, breaker_of_key};
#[cfg(feature = "keyed")]
pub use self::made::keyed_of_static;
pub use self::made::{breaker_of_settings, breaker_of_static};
pub use self::probe::Probe;
pub use self::returns::{Becomes, IntoError, Refusable, Returned};
pub use self::sources::{
    HasSources, Plain, Pointer, PointerAndError, PointerToPointer, SomeError, Sources, Unknown,
};
pub use self::static_breaker::StaticBreaker;
pub use self::status::{
    AsStatus, Asked, Found, FoundStatus, HaveStatus, Inner, IsServerError, KnownStatus, OneStatus, Presence,
    Status, WithoutStatus, server_failed,
};
pub use self::text::{Text, TextOfBytes, subject};
pub use self::time_limit::{Expires, HasTimer, Limitable, limit};
pub use self::unmet::{Met, Unmet};
pub use crate::configuration::method_name::MethodName;
pub use crate::configuration::name::Name;
pub use crate::configuration::{OnCancel, Settings};
pub use crate::engine::breaker::Breaker;
pub use crate::handle::call::Call;
pub use crate::handle::circuit_breaker::{CircuitBreaker, share};
pub use crate::handle::eager::{Eager, Making};
pub use crate::handle::error::CallNotPermitted;
pub use crate::handle::future::{Admitted, Deferred, Guarded};
#[cfg(feature = "keyed")]
pub use crate::handle::keyed::{Keyed, family::Family};
pub use crate::handle::timed_out::TimedOut;
pub use crate::return_type::{Output, Yielded};
pub use crate::state::Outcome;
#[cfg(feature = "keyed")]
pub use fluxgate_rules::limits::{DEFAULT_IDLE, DEFAULT_KEYS};

/// For a benchmark that compares clocks.
pub mod clock {
    /// Waits until the processor's counter is in use, where it can be.
    pub fn calibrate() {
        crate::clock::settle();
    }

    /// Reads the clock as a breaker does, which is not possible where this is inlined into another package.
    #[inline(never)]
    pub fn now() -> u64 {
        crate::clock::now()
    }
}
