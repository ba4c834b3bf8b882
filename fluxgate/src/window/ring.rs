//! The memory of a count window.

use fluxgate_rules::metrics::MAX_THRESHOLDS;
use fluxgate_rules::{Measures, Tally};

use super::Entry;

/// The last calls; the oldest is overwritten first. A call takes one bit for its failure, one for each threshold, and, if the rule
/// needs an average, a word for its duration.
pub(super) struct Ring {
    size: u32,
    /// Where the next call goes and, once the ring is full, where the oldest is.
    cursor: u32,
    /// How many calls may move the cursor forward without being recorded.
    allowed: u32,
    /// A plane of bits for failures, one for each threshold, then the durations.
    words: Box<[u64]>,
}

impl Ring {
    pub(super) fn new(size: usize, measures: &Measures) -> Self {
        let planes = 1 + thresholds(measures);
        let durations = if measures.average { size } else { 0 };
        Self {
            size: size as u32,
            cursor: 0,
            allowed: 0,
            words: vec![0; planes * size.div_ceil(64) + durations].into_boxed_slice(),
        }
    }

    pub(super) fn is_full(&self, tally: &Tally) -> bool {
        tally.total == u64::from(self.size)
    }

    pub(super) fn record(&mut self, entry: Entry, measures: &Measures, tally: &mut Tally) {
        let evicts = self.is_full(tally);
        let plane = (self.size as usize).div_ceil(64);
        let (word, bit) = (self.cursor as usize / 64, self.cursor % 64);

        let swap = |words: &mut [u64], index: usize, value: bool, count: &mut u64| {
            let kept = &mut words[index];
            if evicts {
                *count -= *kept >> bit & 1;
            }
            *kept = *kept & !(1 << bit) | u64::from(value) << bit;
            *count += u64::from(value);
        };
        swap(&mut self.words, word, entry.failed, &mut tally.failures);
        for threshold in 0..thresholds(measures) {
            let index = (1 + threshold) * plane + word;
            swap(&mut self.words, index, entry.is_slow(threshold), &mut tally.slow[threshold]);
        }
        if measures.average {
            let base = (1 + thresholds(measures)) * plane;
            let kept = &mut self.words[base + self.cursor as usize];
            if evicts {
                tally.latency -= u128::from(*kept);
            }
            *kept = entry.nanos;
            tally.latency += u128::from(entry.nanos);
        }
        tally.total += u64::from(!evicts);
        self.cursor = if self.cursor + 1 == self.size { 0 } else { self.cursor + 1 };
    }

    /// Forgets all calls. The planes need no clearing: bits of calls that are not in the tally are never read.
    pub(super) fn clear(&mut self) {
        self.cursor = 0;
        self.allowed = 0;
    }

    /// How many fast successes would push out only fast successes, or a lower bound that is quick to find. The ring must be full,
    /// and nothing may be recorded until [`resume`](Self::resume).
    pub(super) fn allow(&mut self, measures: &Measures) -> u32 {
        const LOOK: usize = 16;

        let plane = (self.size as usize).div_ceil(64);
        let planes = 1 + thresholds(measures);
        let mut cursor = self.cursor;
        for _ in 0..LOOK {
            let (word, bit) = (cursor as usize / 64, cursor % 64);
            let others =
                (0..planes).fold(0, |others, index| others | self.words[index * plane + word]) >> bit;
            let length = (64 - bit).min(self.size - cursor);
            let found = others.trailing_zeros().min(length);
            self.allowed = (self.allowed + found).min(self.size);
            if found < length {
                break;
            }
            cursor = if cursor + length == self.size { 0 } else { cursor + length };
        }
        self.allowed
    }

    /// Moves forward by the allowed calls that came: all but `left`.
    pub(super) fn resume(&mut self, left: u32) {
        let moved = self.cursor + self.allowed.saturating_sub(left);
        self.cursor = if moved >= self.size { moved - self.size } else { moved };
        self.allowed = 0;
    }
}

fn thresholds(measures: &Measures) -> usize {
    measures.thresholds.iter().position(|&nanos| nanos == 0).unwrap_or(MAX_THRESHOLDS)
}
