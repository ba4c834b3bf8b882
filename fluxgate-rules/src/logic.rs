//! What a rule means: when it holds and why, what a trial shows, and whether settings make sense.

pub(crate) mod cause;
pub mod const_checks;
pub(crate) mod evaluate;
pub mod flaws;
pub mod implied;
pub(crate) mod promises;
pub mod trial;
