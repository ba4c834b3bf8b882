//! The progress of a trial.

use fluxgate_rules::trial::Plan;

use super::window::finished_call::FinishedCall;
use crate::clock::NEVER;

pub(crate) struct Trial {
    pub(super) plan: Plan,
    /// Outcomes so far, and how many of them were good.
    outcomes: u64,
    pub(super) good: u64,
    pub(crate) in_flight: u32,
    /// When the calls in flight count as hung, unless one of them ends before.
    stalls_at: u64,
    /// When the pause before this trial ended; there, a ramp begins.
    pub(super) pause_ended: u64,
}

impl Trial {
    pub(super) fn new(plan: Plan, pause_ended: u64) -> Self {
        Self { plan, outcomes: 0, good: 0, in_flight: 0, stalls_at: NEVER, pause_ended }
    }

    /// Whether calls are in flight of which none has ended for too long.
    pub(super) fn is_stalled(&self, now: u64) -> bool {
        self.in_flight > 0 && now >= self.stalls_at
    }

    /// Gives a slot to a call, while fewer than `slots` are in flight, and no more than the trial can use.
    pub(super) fn admit(&mut self, slots: u32, now: u64, patience: u64) -> bool {
        let in_flight = u64::from(self.in_flight);
        let admits = self.in_flight < slots && self.outcomes + in_flight < self.plan.limit(self.outcomes);
        if admits {
            if self.in_flight == 0 {
                self.stalls_at = now.saturating_add(patience);
            }
            self.in_flight += 1;
        }
        admits
    }

    /// Takes back the slot of a call that was given up.
    pub(super) fn give_back(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// An outcome has come: the trial is not stalled.
    pub(super) fn progress(&mut self, now: u64, patience: u64) {
        self.stalls_at = now.saturating_add(patience);
    }

    pub(super) fn record(&mut self, call: FinishedCall) {
        self.outcomes += 1;
        self.good += u64::from(!call.failed && !call.reached_any(self.plan.thresholds));
    }
}
