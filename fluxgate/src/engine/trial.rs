//! The progress of a trial.

use fluxgate_rules::trial::Plan;

use super::window::finished_call::FinishedCall;

pub(crate) struct Trial {
    pub(crate) plan: Plan,
    /// Outcomes so far, and how many were good. A trial takes no more than two million.
    pub(crate) outcomes: u32,
    pub(crate) good: u32,
    /// How many more calls there is room for, because probes found none for calls that they made on other threads or tasks.
    lent: u32,
    /// While calls are in flight: since when they have waited for an outcome. Otherwise: for how long.
    waits: u64,
    /// The total duration of calls given up since the last recorded outcome, and when that outcome came.
    given_up: u64,
    recorded_at: u64,
    /// When the pause before this trial ended, which is when a ramp begins.
    pub(crate) pause_ended: u64,
}

impl Trial {
    pub(super) fn new(plan: Plan, pause_ended: u64) -> Self {
        Self { plan, outcomes: 0, good: 0, lent: 0, waits: 0, given_up: 0, recorded_at: 0, pause_ended }
    }

    /// Whether the calls in flight have waited too long for an outcome.
    pub(super) fn is_stalled(&self, in_flight: u32, now: u64, patience: u64) -> bool {
        in_flight > 0 && now.saturating_sub(self.waits) >= patience
    }

    /// Whether fewer than `slots` calls are in flight, and no more than the trial can use.
    pub(super) fn has_room(&self, in_flight: u32, slots: u32) -> bool {
        let in_flight = in_flight.saturating_sub(self.lent);
        in_flight < slots
            && u64::from(self.outcomes) + u64::from(in_flight) < self.plan.limit(u64::from(self.outcomes))
    }

    /// Makes room for one more call, up to twice the number of `slots`.
    pub(super) fn lend(&mut self, slots: u32) {
        self.lent = self.lent.saturating_add(1).min(slots);
    }

    /// Whether a call is admitted: if there is [room](Self::has_room).
    pub(super) fn admit(&mut self, in_flight: u32, slots: u32, now: u64) -> bool {
        let admits = self.has_room(in_flight, slots);
        if admits && in_flight == 0 {
            self.waits = now.saturating_sub(self.waits);
        }
        admits
    }

    /// A call has ended, which leaves `in_flight` calls. While there are none, the wait pauses: callers that give up one after
    /// another wait for the same outcome.
    pub(super) fn release(&mut self, in_flight: u32, now: u64) {
        if in_flight == 0 {
            self.waits = now.saturating_sub(self.waits);
        }
    }

    /// A call that began at `started` was given up.
    pub(super) fn give_up(&mut self, started: u64, now: u64) {
        self.given_up = self.given_up.saturating_add(now.saturating_sub(started.max(self.recorded_at)));
    }

    /// Whether the wait would be over, judging by the calls given up, if ignored outcomes had not restarted it. At most `slots`
    /// calls were in flight at a time, so they have waited for at least that fraction of their total duration.
    pub(super) fn is_given_up(&self, slots: u32, patience: u64) -> bool {
        let at_once = u64::from(slots).min(self.plan.longest()) + u64::from(self.lent);
        self.given_up >= patience.saturating_mul(at_once)
    }

    /// An outcome has come: restarts the wait.
    pub(super) fn progress(&mut self, in_flight: u32, now: u64) {
        self.waits = if in_flight == 0 { 0 } else { now };
    }

    pub(super) fn record(&mut self, call: FinishedCall, now: u64) {
        (self.given_up, self.recorded_at) = (0, now);
        self.outcomes += 1;
        self.good += u32::from(!call.failed && !call.reached_any(self.plan.thresholds));
    }
}
