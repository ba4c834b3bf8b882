//! How fast calls or failures come.

/// The pace of events, as last measured.
pub(crate) struct Pace {
    /// When it was last measured, and how many events have come since.
    since: u64,
    number: u32,
    is_fast: bool,
}

/// How many events come between two measurements.
const SAMPLE: u32 = 16;

impl Pace {
    pub(super) const NONE: Self = Self { since: 0, number: 0, is_fast: false };

    /// Adds `more` events by `now`. Returns whether they come at most `between` nanoseconds apart, on average.
    pub(super) fn add(&mut self, more: u64, between: u64, now: u64) -> bool {
        self.number = self.number.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        let passed = now.saturating_sub(self.since);
        if self.number >= SAMPLE || passed > u64::from(SAMPLE) * between {
            self.is_fast = passed <= u64::from(self.number) * between;
            (self.since, self.number) = (now, 0);
        }
        self.is_fast
    }

    /// Makes at least the next few count as fast.
    #[cfg(test)]
    pub(crate) fn hurry(&mut self) {
        (self.is_fast, self.since) = (true, u64::MAX);
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::Pace;

    #[test]
    fn pace_is_measured_after_sixteen_events_or_the_time_for_them() {
        let mut pace = Pace::NONE;
        let mut is_fast = |more, now| pace.add(more, 10, now);
        assert!(!is_fast(15, 0), "that says little");
        assert!(is_fast(1, 160) && is_fast(0, 161));
        assert!(is_fast(1, 320), "just as many may yet come");
        assert!(!is_fast(1, 321), "they did not");
        assert!(!is_fast(16, 321 + 161) && is_fast(99, 321 + 161 + 990) && !is_fast(u64::MAX, u64::MAX));
    }
}
