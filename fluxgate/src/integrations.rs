//! What connects breakers with other crates, each behind a feature.

#[cfg(feature = "serde")]
pub mod settings;
