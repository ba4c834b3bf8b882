//! The part of a breaker that is kept under its lock.

use super::crossings::Crossings;
use super::grants::Grants;
use super::highest::Highest;
#[cfg(feature = "chaos")]
use super::injected::Injected;
use super::journals::Journals;
use super::ledger::Ledger;
use super::reopens::Reopens;
use super::running::Running;
use super::totals::Counts;
use super::trial::Trial;
use super::window::memory::Memory;
use super::word::StateWord;
use crate::events::delivery::Delivery;

/// Fields are in the order in which a failure needs them, so that it touches few cache lines.
#[repr(C)]
pub(crate) struct Locked {
    /// Made on first use.
    pub(crate) memory: Option<Memory>,
    pub(super) grants: Grants,
    pub(crate) journals: Journals,
    /// Calls refused since the current state began, as far as collected.
    pub(super) rejected: u64,
    pub(crate) counts: Counts,
    pub(crate) events: Option<Box<Delivery>>,
    pub(crate) period: Period,
    pub(crate) running: Running,
    pub(crate) reopens: Reopens,
    #[cfg(feature = "chaos")]
    pub(super) fault: Option<Box<Injected>>,
}

/// The progress of the current generation.
pub(crate) enum Period {
    Closed,
    /// Half-open, during the trial.
    Trial(Trial),
    /// Half-open, after a trial that passed: the ramp, which began at this time.
    Ramp(u64),
    MetricsOnly(Crossings, Highest),
    /// Open since this word, for a pause that a user's function has yet to return.
    Asking(StateWord),
    /// Open, forced open or disabled: nothing is recorded.
    Unrecorded,
}

impl Locked {
    pub(crate) const fn new() -> Self {
        Self {
            memory: None,
            grants: Grants::NONE,
            journals: Journals::NONE,
            rejected: 0,
            counts: Counts::NONE,
            events: None,
            period: Period::Closed,
            running: Running::NONE,
            reopens: Reopens::NONE,
            #[cfg(feature = "chaos")]
            fault: None,
        }
    }

    /// The grants, and where what the stripes have counted is recorded.
    #[inline]
    pub(super) fn grants(&mut self) -> (&mut Grants, Ledger<'_>) {
        let Self { grants, memory, rejected, counts, .. } = self;
        (grants, Ledger::new(memory.as_mut(), rejected, counts))
    }
}
