//! The breaker itself: its states, what it remembers of calls, and which calls it admits.
//!
//! # The hot path
//!
//! A healthy call reads two words and writes none. It reads the [state word](word::StateWord); if that is closed, the call is
//! admitted and keeps a copy of the word. When the call ends, [`recording`] compares the copy with `healthy`: they are equal
//! exactly while the breaker is still in the generation that admitted the call, and its window is full and holds only fast
//! successes. One more fast success would then push out a call just like itself and leave the window, the streak and the verdict
//! unchanged, so it is not written.
//!
//! Why that is exact, and how other calls are recorded without the lock: [how a breaker works inside](crate::docs::inside).

pub(crate) mod admission;
pub(crate) mod answer;
pub(crate) mod breaker;
pub(crate) mod closed;
pub(crate) mod counting;
mod crossings;
mod evaluation;
#[cfg(feature = "chaos")]
pub(crate) mod fault;
pub(crate) mod grants;
pub(crate) mod guard;
pub(crate) mod half_open;
pub(crate) mod highest;
#[cfg(feature = "chaos")]
mod injected;
mod journal;
mod journals;
mod ledger;
pub(crate) mod locked;
pub(crate) mod log;
pub(crate) mod manual;
pub(crate) mod nesting;
pub(crate) mod open;
mod pace;
mod ramp;
#[cfg(any(feature = "tokio", feature = "tower"))]
pub(crate) mod readiness;
pub(crate) mod reconfigure;
pub(crate) mod recording;
pub(crate) mod registry;
pub(crate) mod reopens;
pub(crate) mod running;
mod stripe;
pub(crate) mod stripes;
pub(crate) mod thread;
pub(crate) mod totals;
pub(crate) mod transition;
mod trial;
mod verdict;
pub(crate) mod window;
pub(crate) mod word;
