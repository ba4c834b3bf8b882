//! Traits that ask for something in our words.
//!
//! Where a trait has one implementation, the compiler takes it, and complains in its own words about what that asks for. So each of
//! them has a second one, for nothing, and a parameter that tells the two apart. As this is never found where neither applies, the
//! compiler does not suggest to demand the trait of a type parameter, either.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

/// Which implementation it is: the one that there is for a reason.
pub enum Met {}

/// Which implementation it is: the one for nothing.
pub enum Unmet {}

/// Never implemented.
pub trait Impossible {
    fn never() -> !;
}
