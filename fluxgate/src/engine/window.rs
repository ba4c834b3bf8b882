//! What a breaker remembers of recent calls.

mod allowance;
mod buckets;
pub(crate) mod finished_call;
pub(crate) mod memory;
mod ring;
pub(crate) mod stripes;
pub(crate) mod unrecorded;
