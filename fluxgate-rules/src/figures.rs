//! What a rule will do: how often it opens a breaker whose calls fail by chance, and what its trials lead to.
//!
//! Calls are taken to fail independently, each with the same probability, their `share`. What is computed of a closed breaker begins
//! with an empty window: while that [fills](filling), figures are exact; once it is full and [slides](sliding), they are exact for
//! [small](small) windows, and otherwise approximated with a published formula.

pub(crate) mod binomial;
pub(crate) mod bounds;
pub(crate) mod filling;
pub(crate) mod nearest;
pub(crate) mod opening;
pub(crate) mod sliding;
pub(crate) mod small;
pub(crate) mod spelled;
pub(crate) mod thresholds;
pub(crate) mod trial;
