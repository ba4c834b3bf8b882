//! Traits of other crates, each behind a feature of its name.

#[cfg(feature = "axum")]
mod axum;
