//! What there is to understand.

#[doc = include_str!("../docs/inside.md")]
pub mod inside {}
