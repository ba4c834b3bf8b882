//! How often a breaker has re-opened.

use crate::state::State;

/// How often a breaker has re-opened without a lasting recovery. A recovery is lasting once the breaker has been closed for as long
/// as it was last open.
pub(crate) struct Reopens {
    /// As of the last opening.
    pub(super) count: u32,
    /// How long the breaker was last open.
    pub(super) open_for: u64,
    /// When it last closed.
    pub(super) closed_at: u64,
}

impl Reopens {
    pub(crate) const NONE: Self = Self { count: 0, open_for: 0, closed_at: 0 };

    /// The count for a breaker that is in `state` at `now`.
    pub(crate) fn count(&self, state: State, now: u64) -> u32 {
        if state == State::Closed && self.are_forgiven(now) { 0 } else { self.count }
    }

    /// The count if a breaker that is in `state` opens at `now`.
    pub(crate) fn next(&self, state: State, now: u64) -> u32 {
        if state != State::HalfOpen && self.are_forgiven(now) { 0 } else { self.count.saturating_add(1) }
    }

    /// Whether a breaker that is closed has, at `now`, been so for as long as it was last open.
    fn are_forgiven(&self, now: u64) -> bool {
        now.saturating_sub(self.closed_at) >= self.open_for
    }
}
