//! The progress of a trial.

use fluxgate_rules::trial::Plan;

use super::window::finished_call::FinishedCall;

pub(crate) struct Trial {
    pub(crate) plan: Plan,
    /// Outcomes so far, and how many of them were good. A trial takes no more than two million.
    pub(crate) outcomes: u32,
    pub(crate) good: u32,
    /// For how many more calls there is room than otherwise, since so many found none for a call that they made elsewhere.
    lent: u32,
    /// While calls are in flight, when they count as hung, unless an outcome comes before; otherwise, after how long they will.
    stalls: u64,
    /// How long calls took that were given up, added up since the last outcome that says something about the dependency, and when that came.
    given_up: u64,
    recorded_at: u64,
    /// When the pause before this trial ended; there, a ramp begins.
    pub(super) pause_ended: u64,
}

impl Trial {
    pub(super) fn new(plan: Plan, patience: u64, pause_ended: u64) -> Self {
        Self { plan, outcomes: 0, good: 0, lent: 0, stalls: patience, given_up: 0, recorded_at: 0, pause_ended }
    }

    /// Whether calls, of which so many are in flight, have been for too long since the last outcome.
    pub(super) fn is_stalled(&self, in_flight: u32, now: u64) -> bool {
        in_flight > 0 && now >= self.stalls
    }

    /// Whether fewer than `slots` calls are in flight, and no more than the trial can use.
    pub(super) fn has_room(&self, in_flight: u32, slots: u32) -> bool {
        let in_flight = in_flight.saturating_sub(self.lent);
        in_flight < slots
            && u64::from(self.outcomes) + u64::from(in_flight) < self.plan.limit(u64::from(self.outcomes))
    }

    /// Makes room for one more call, up to twice as many as there are `slots`.
    pub(super) fn lend(&mut self, slots: u32) {
        self.lent = self.lent.saturating_add(1).min(slots);
    }

    /// Whether a call is admitted while so many are in flight: if there is [room](Self::has_room).
    pub(super) fn admit(&mut self, in_flight: u32, slots: u32, now: u64) -> bool {
        let admits = self.has_room(in_flight, slots);
        if admits && in_flight == 0 {
            self.stalls = now.saturating_add(self.stalls);
        }
        admits
    }

    /// A call has ended, after which so many are in flight. While none is, the wait pauses: callers that give up one after the other wait
    /// for the same outcome.
    pub(super) fn give_back(&mut self, in_flight: u32, now: u64) {
        if in_flight == 0 {
            self.stalls = self.stalls.saturating_sub(now);
        }
    }

    /// A call was given up that had begun then.
    pub(super) fn give_up(&mut self, started: u64, now: u64) {
        self.given_up = self.given_up.saturating_add(now.saturating_sub(started.max(self.recorded_at)));
    }

    /// Whether so much was given up that the wait would be over, if it had not begun anew with outcomes that say nothing about the
    /// dependency. At most so many calls were in flight at a time, so they have waited for at least that part of what they took together.
    pub(super) fn is_given_up(&self, slots: u32, patience: u64) -> bool {
        let at_once = u64::from(slots).min(self.plan.longest()) + u64::from(self.lent);
        self.given_up >= patience.saturating_mul(at_once)
    }

    /// An outcome has come: the wait begins anew.
    pub(super) fn progress(&mut self, in_flight: u32, now: u64, patience: u64) {
        self.stalls = if in_flight == 0 { patience } else { now.saturating_add(patience) };
    }

    /// The wait is to be for `patience`, and no longer for what it was before.
    pub(super) fn change_patience(&mut self, before: u64, patience: u64) {
        self.stalls = self.stalls.saturating_add(patience).saturating_sub(before);
    }

    pub(super) fn record(&mut self, call: FinishedCall, now: u64) {
        (self.given_up, self.recorded_at) = (0, now);
        self.outcomes += 1;
        self.good += u32::from(!call.failed && !call.reached_any(self.plan.thresholds));
    }
}
