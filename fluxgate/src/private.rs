//! Called by macro expansions only, and changed without notice. The macros and this module always have the same version.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

mod associated;
mod closures;
mod probe;
mod returns;
mod sources;
mod text;
pub mod words;

pub use fluxgate_rules::{Condition, Node, Permit, Ratio, Retry, Rule, Window, check};
pub use std::boxed::Box;

/// All of the library, for what words of the user's refer to.
pub extern crate self as fluxgate;

pub use self::associated::AssociatedBreaker;
pub use self::closures::{ask, call, captured, custom, evidence, handle, holds, never, run, told};
pub use self::probe::Probe;
pub use self::returns::{Becomes, IntoError, Refusable, Returned};
pub use self::sources::{HasSources, Plain, Pointer, PointerAndError, Sources, Unknown};
pub use self::text::{Bytes, Text, subject};
pub use crate::engine::breaker::Breaker;
pub use crate::handle::call::Call;
pub use crate::handle::circuit_breaker::{CircuitBreaker, share};
pub use crate::handle::eager::Eager;
pub use crate::handle::error::CallNotPermitted;
pub use crate::handle::future::{Deferred, Guarded};
pub use crate::settings::name::Name;
pub use crate::settings::{OnCancel, Settings};
pub use crate::state::Outcome;

/// For a benchmark that compares clocks.
pub mod clock {
    /// Waits until the processor's counter is in use, where it can be.
    pub fn calibrate() {
        crate::clock::settle();
    }

    /// Called as a breaker does it, which cannot be where it is inlined into another package.
    #[inline(never)]
    pub fn now() -> u64 {
        crate::clock::now()
    }
}
