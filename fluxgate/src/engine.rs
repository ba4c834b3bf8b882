//! The breaker itself: its state, what it remembers of calls, and whom it admits.

pub(crate) mod breaker;
pub(crate) mod locked;
mod recording;
pub(crate) mod window;
pub(crate) mod word;
