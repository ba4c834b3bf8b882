//! What a breaker remembers of recent calls.

mod buckets;
pub(crate) mod finished_call;
pub(crate) mod headroom;
pub(crate) mod memory;
mod ring;
