//! The part of a breaker that is kept under its lock.

use super::reopens::Reopens;
use super::window::memory::Memory;
use crate::events::listener::Events;

/// The part of a breaker that is kept under its lock.
pub(crate) struct Locked {
    /// Made on first use.
    pub(crate) memory: Option<Box<Memory>>,
    pub(crate) events: Option<Box<Events>>,
    pub(crate) period: Period,
    pub(crate) reopens: Reopens,
    /// Outcomes that came too late to count.
    pub(crate) late: u64,
}

/// The progress of the current generation.
pub(crate) enum Period {
    Closed {
        /// The rule has been evaluated on this window, as that of a closed breaker.
        evaluated: bool,
    },
    Trial {
        /// The most calls that the trial takes.
        length: u32,
        in_flight: u32,
    },
    /// The trial has passed, but the ramp goes on.
    Ramp,
    MetricsOnly {
        /// The rule holds, and this has been reported.
        reported: bool,
    },
    /// Open, forced open or disabled: nothing is recorded.
    Unrecorded,
    /// The breaker opens as soon as a user's function has said for how long. No further outcome counts, and no probe is admitted.
    Opening,
}

impl Locked {
    pub(crate) const fn new() -> Self {
        Self { memory: None, events: None, period: Period::CLOSED, reopens: Reopens::NONE, late: 0 }
    }
}

impl Period {
    pub(crate) const CLOSED: Self = Self::Closed { evaluated: false };

    pub(crate) const fn is_opening(&self) -> bool {
        matches!(self, Self::Opening)
    }
}
