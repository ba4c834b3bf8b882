//! What there is to understand.

#[doc = include_str!("../docs/inside.md")]
pub mod inside {}

#[doc = include_str!("../docs/recovery.md")]
pub mod recovery {}

#[doc = include_str!("../docs/messages.md")]
pub mod messages {}
