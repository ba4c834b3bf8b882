//! Background reading.
//!
//! - [`compiler`]: what the compiler refuses, what it says, and how to fix it
//! - [`choosing`]: which numbers to choose, and what they will do
//! - [`recovery`]: what a breaker does after an outage, with figures
//! - [`inside`]: how a breaker works, and why that is correct
//! - [`production`]: what to watch and what to alert on, shadow mode, and what to do at night
//! - [`testing`]: how to test code that uses breakers
//! - [`limits`]: what a breaker cannot do for you, and what to do instead
//! - [`layers`]: time-outs, retries and limits around a breaker, and in which order
//! - [`fleet`]: what it costs that instances share no state, and what to do about partial failures
//! - [`performance`]: what a guarded call costs, compared with other breakers

#[doc = include_str!("../docs/compiler.md")]
pub mod compiler {
    // The compiler names these in its messages, and shortens paths to items that are not hidden. Those that are implemented for whatever
    // type a user has are hidden themselves, or the documentation of each such type would list them.
    #[doc(hidden)]
    pub use crate::private::{
        AsStatus, Becomes, Custom, Expires, Fallback, FromError, Given, HasSources, HasTimer, HaveStatus,
        IsServerError, Limitable, Met, Plain, Refusable, Rejected, Returned, SomeError, Taken, Text,
        TextOfBytes, Unmet, server_failed,
    };
    #[cfg(feature = "keyed")]
    #[doc(hidden)]
    pub use crate::private::{Key, KeyOf, breaker_of_handle, breaker_of_key};
}

#[doc = include_str!("../docs/choosing.md")]
pub mod choosing {}

#[doc = include_str!("../docs/inside.md")]
pub mod inside {}

#[doc = include_str!("../docs/fleet.md")]
pub mod fleet {}

#[doc = include_str!("../docs/recovery.md")]
pub mod recovery {}

#[doc = include_str!("../docs/performance.md")]
pub mod performance {}

// Its example needs the feature.
#[cfg_attr(feature = "tower", doc = include_str!("../docs/layers.md"))]
#[cfg_attr(not(feature = "tower"), doc = "See the feature `tower`.")]
pub mod layers {}

#[doc = include_str!("../docs/limits.md")]
pub mod limits {}

// Its examples need the feature.
#[cfg_attr(feature = "serde", doc = include_str!("../docs/production.md"))]
#[cfg_attr(not(feature = "serde"), doc = "See the feature `serde`.")]
pub mod production {}

// Its examples need the feature.
#[cfg_attr(feature = "test-util", doc = include_str!("../docs/testing.md"))]
#[cfg_attr(not(feature = "test-util"), doc = "See the feature `test-util`.")]
pub mod testing {}
