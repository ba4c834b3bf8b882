//! How often a breaker has re-opened.

use crate::clock::NEVER;

/// How often a breaker has re-opened without a lasting recovery. A recovery is lasting once the breaker has been closed for as long
/// as it was last open, or, if it waited for its next call after the pause, for as long as the pause that was drawn.
pub(crate) struct Reopens {
    /// As of the last opening.
    count: u32,
    /// The pause of the last opening, from then on.
    pause: u64,
    /// How long the breaker was last open, capped at that pause.
    open_for: u64,
    /// When it last closed; [`NEVER`] if it has opened since.
    closed_at: u64,
}

impl Reopens {
    pub(crate) const NONE: Self = Self { count: 0, pause: 0, open_for: 0, closed_at: 0 };

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
        self.count = count;
        self.closed_at = NEVER;
    }

    /// The breaker, which is open, has this pause, counted from the opening.
    pub(super) fn pause(&mut self, pause: u64) {
        self.pause = pause;
    }

    /// The breaker is no longer open, after `duration`.
    pub(super) fn end_open(&mut self, duration: u64) {
        self.open_for = duration.min(self.pause);
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

    /// Whether it has closed since it last opened, and that was, at `now`, as long ago as it was open.
    fn are_forgiven(&self, now: u64) -> bool {
        self.closed_at != NEVER && now.saturating_sub(self.closed_at) >= self.open_for
    }
}
