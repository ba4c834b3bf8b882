//! Background reading.
//!
//! - [`compiler`]: what the compiler refuses, what it says, and how to fix it
//! - [`recovery`]: what a breaker does after an outage, with figures
//! - [`inside`]: how a breaker works, and why that is correct
//! - [`performance`]: what a guarded call costs, beside other breakers

#[doc = include_str!("../docs/compiler.md")]
pub mod compiler {}

#[doc = include_str!("../docs/inside.md")]
pub mod inside {}

#[doc = include_str!("../docs/recovery.md")]
pub mod recovery {}

#[doc = include_str!("../docs/performance.md")]
pub mod performance {}
