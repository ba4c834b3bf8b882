//! What there is to understand.
//!
//! - [`compiler`]: what is refused, what is said of it, and what would be right
//! - [`recovery`]: what a breaker does after an outage, with figures
//! - [`performance`]: what a guarded call costs, beside other breakers
//! - [`inside`]: how it works, and why that is right

#[doc = include_str!("../docs/compiler.md")]
pub mod compiler {}

#[doc = include_str!("../docs/inside.md")]
pub mod inside {}

#[doc = include_str!("../docs/recovery.md")]
pub mod recovery {}

#[doc = include_str!("../docs/performance.md")]
pub mod performance {}
