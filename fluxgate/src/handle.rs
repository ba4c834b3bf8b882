//! What programs hold of a breaker.

pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod circuit_breaker;
pub(crate) mod error;
pub(crate) mod future;
pub(crate) mod registry;
pub(crate) mod snapshot;
