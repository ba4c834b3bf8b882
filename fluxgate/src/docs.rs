//! What there is to understand.

#[doc = include_str!("../docs/compiler.md")]
pub mod compiler {}

#[doc = include_str!("../docs/inside.md")]
pub mod inside {}

#[doc = include_str!("../docs/recovery.md")]
pub mod recovery {}
