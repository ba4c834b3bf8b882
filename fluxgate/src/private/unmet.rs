//! Traits whose missing implementations are reported in our words.
//!
//! If a trait has one implementation, the compiler takes it, and complains in its own words about what that needs. So each of these traits
//! has a second one that never applies, and a parameter that tells the two apart. Since the compiler cannot infer the parameter where
//! neither applies, it does not suggest a bound on a type parameter, either.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

/// Marks the real implementation.
pub enum Met {}

/// Marks the implementation that never applies.
pub enum Unmet {}

/// Never implemented.
pub trait Impossible {
    fn never() -> !;
}
