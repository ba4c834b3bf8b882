//! What a rule will do: how often it opens a breaker whose calls fail at random, and how its trials end.
//!
//! Calls are assumed to fail independently, each with the same probability, their `share`. Figures for a closed breaker
//! start with an empty window. While it [fills](filling), they are exact; once it is full and [slides](sliding), they
//! are exact for [small] windows, and otherwise approximated with a published formula.

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
