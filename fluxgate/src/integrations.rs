//! Integrations with other crates, each behind a feature.

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "serde")]
pub mod settings;
#[cfg(feature = "tonic")]
mod tonic;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(any(feature = "axum", feature = "tonic"))]
mod unavailable;
