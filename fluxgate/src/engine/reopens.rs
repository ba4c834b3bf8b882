//! How often a breaker has re-opened.

use std::time::Duration;

use crate::clock::NEVER;

/// How often a breaker has re-opened without a lasting recovery. A recovery is lasting once the breaker has been closed for as long
/// as it was last open, or, if it waited for its next call after the pause, for as long as the pause that was drawn.
pub(crate) struct Reopens {
    /// As of the last opening.
    count: u32,
    /// How much of the pause was left when the breaker opened: all of it or, after a restart, the rest. If negative, the pause had been
    /// over for that long.
    left: i64,
    /// How long the breaker was last open, capped at its pause. While it is open, that is how long it had been before a restart.
    open_for: u64,
    /// When it last closed; [`NEVER`] if it has opened since.
    closed_at: u64,
}

impl Reopens {
    pub(crate) const NONE: Self = Self { count: 0, left: 0, open_for: 0, closed_at: 0 };

    /// The count at `now`.
    pub(crate) fn count(&self, now: u64) -> u32 {
        if self.are_forgiven(now) { 0 } else { self.count }
    }

    /// The count if the breaker opens at `now`.
    pub(crate) fn next(&self, now: u64) -> u32 {
        if self.are_forgiven(now) { 0 } else { self.count.saturating_add(1) }
    }

    /// The breaker opens, with this as the [`next`](Self::next) count.
    pub(super) fn open(&mut self, count: u32) {
        self.restore(count, 0);
    }

    /// The breaker opens as it was before a restart. By then, it had been open for this long.
    pub(super) fn restore(&mut self, count: u32, open_for: u64) {
        (self.count, self.open_for, self.closed_at) = (count, open_for, NEVER);
    }

    /// The breaker is open, and this much of its pause was left when it opened.
    pub(super) fn pause(&mut self, left: i64) {
        self.left = left;
    }

    /// For how long a pause that ended at `end` has been over at `now`. What passed before a restart is added, since the clock may not
    /// reach back that far.
    pub(crate) fn overdue(&self, end: u64, now: u64) -> u64 {
        now.saturating_sub(end).saturating_add(self.overdue_before())
    }

    /// For how long the pause had been over when the breaker opened.
    fn overdue_before(&self) -> u64 {
        self.left.min(0).unsigned_abs()
    }

    /// The breaker is no longer open, after `duration`.
    pub(super) fn end_open(&mut self, duration: u64) {
        let pause = self.left.max(0).unsigned_abs();
        self.open_for = self.open_for.saturating_add(duration.min(pause));
    }

    /// The last opening, of a breaker that is open.
    pub(crate) fn opening(&self) -> LastOpening {
        let pause = self.left.max(0).unsigned_abs();
        let [opened_for, pause, overdue] =
            [self.open_for, pause, self.overdue_before()].map(Duration::from_nanos);
        LastOpening { opened_for, pause, overdue }
    }

    /// The last opening, of a breaker whose trial began this long after the pause.
    pub(crate) fn before_trial(&self, overdue: u64) -> LastOpening {
        let [opened_for, overdue] = [self.open_for, overdue].map(Duration::from_nanos);
        LastOpening { opened_for, pause: Duration::ZERO, overdue }
    }

    /// How long the breaker was last open, capped at its pause.
    pub(super) fn open_for(&self) -> u64 {
        self.open_for
    }

    pub(super) fn close(&mut self, now: u64) {
        self.closed_at = now;
    }

    pub(super) fn forget(&mut self) {
        *self = Self { closed_at: self.closed_at, ..Self::NONE };
    }

    /// Whether the breaker has closed since it last opened, and by `now` that was at least as long ago as it had been open for.
    fn are_forgiven(&self, now: u64) -> bool {
        self.closed_at != NEVER && now.saturating_sub(self.closed_at) >= self.open_for
    }
}

/// The last opening, as of the beginning of the current state.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct LastOpening {
    /// How long the breaker had been open, capped at its pause.
    opened_for: Duration,
    /// How much of the pause was left.
    pause: Duration,
    /// For how long the pause had been over.
    overdue: Duration,
}

impl LastOpening {
    /// How long the breaker has been open by now, capped at its pause, and for how long the pause has been over.
    pub(crate) fn after(self, since: Duration) -> [Duration; 2] {
        let Self { opened_for, pause, overdue } = self;
        [opened_for.saturating_add(since.min(pause)), overdue.saturating_add(since.saturating_sub(pause))]
    }
}
