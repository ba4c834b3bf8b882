//! The rule language of [Fluxgate](https://docs.rs/fluxgate): what both the attribute, while your program compiles, and
//! the breaker, while it runs, know of rules. Use it through `fluxgate`.
#![forbid(unsafe_code)]

pub mod duration;
pub mod evaluate;
pub mod metrics;
pub mod permit;
pub mod ratio;
pub mod retry;
pub mod rule;
pub mod window;

pub use metrics::{Measures, Metrics, Tally};
pub use permit::Permit;
pub use ratio::Ratio;
pub use retry::{Retry, Schedule};
pub use rule::{Condition, Node, Rule};
pub use window::{Extent, Window};
