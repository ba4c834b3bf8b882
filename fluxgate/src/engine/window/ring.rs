//! The memory of a count window.

use fluxgate_rules::limits::MAX_THRESHOLDS;
use fluxgate_rules::{Measures, Tally};

use super::finished_call::FinishedCall;

/// The last calls; the oldest is overwritten first. A call takes one bit for its failure, one for each threshold, and, if the rule
/// needs an average, a word for its duration.
pub(super) struct Ring {
    size: u32,
    /// Where the next call goes; once the ring is full, also where the oldest is.
    cursor: u32,
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
            words: vec![0; planes * size.div_ceil(64) + durations].into_boxed_slice(),
        }
    }

    pub(super) fn size(&self) -> u64 {
        u64::from(self.size)
    }

    /// How many words a plane takes.
    #[inline]
    fn plane(&self) -> usize {
        (self.size as usize).div_ceil(64)
    }

    #[inline]
    pub(super) fn is_full(&self, tally: &Tally) -> bool {
        tally.total == u64::from(self.size)
    }

    pub(super) fn record(&mut self, call: FinishedCall, measures: &Measures, tally: &mut Tally) {
        let evicts = self.is_full(tally);
        let plane = self.plane();
        let (word, bit) = (self.cursor as usize / 64, self.cursor % 64);

        let swap = |words: &mut [u64], index: usize, value: bool, count: &mut u64| {
            let kept = &mut words[index];
            if evicts {
                *count -= *kept >> bit & 1;
            }
            *kept = *kept & !(1 << bit) | u64::from(value) << bit;
            *count += u64::from(value);
        };
        swap(&mut self.words, word, call.failed, &mut tally.failures);
        for threshold in 0..thresholds(measures) {
            let index = (1 + threshold) * plane + word;
            swap(&mut self.words, index, call.is_slow(threshold), &mut tally.slow[threshold]);
        }
        if measures.average {
            let base = (1 + thresholds(measures)) * plane;
            let kept = &mut self.words[base + self.cursor as usize];
            if evicts {
                tally.latency -= u128::from(*kept);
            }
            *kept = call.nanos;
            tally.latency += u128::from(call.nanos);
        }
        tally.total += u64::from(!evicts);
        self.cursor = if self.cursor + 1 == self.size { 0 } else { self.cursor + 1 };
    }

    /// Records `count` fast successes. If durations are kept, the caller records them afterwards.
    pub(super) fn record_successes(&mut self, count: u64, measures: &Measures, tally: &mut Tally) {
        let plane = self.plane();
        let thresholds = thresholds(measures);
        // More than the whole ring would only go round again.
        let mut left = count.min(u64::from(self.size)) as u32;
        while left > 0 {
            let evicts = self.is_full(tally);
            let free = if evicts { u32::MAX } else { self.size - tally.total as u32 };
            let (word, bit) = (self.cursor as usize / 64, self.cursor % 64);
            let length = (64 - bit).min(self.size - self.cursor).min(left).min(free);
            let kept = !(u64::MAX >> (64 - length) << bit);
            let clear = |bits: &mut u64, count: &mut u64| {
                let evicted = *bits & !kept;
                if evicts && evicted != 0 {
                    *count -= u64::from(evicted.count_ones());
                }
                *bits &= kept;
            };
            clear(&mut self.words[word], &mut tally.failures);
            for (threshold, count) in tally.slow[..thresholds].iter_mut().enumerate() {
                clear(&mut self.words[(1 + threshold) * plane + word], count);
            }
            tally.total += if evicts { 0 } else { u64::from(length) };
            self.cursor += length;
            if self.cursor == self.size {
                self.cursor = 0;
            }
            left -= length;
        }
    }

    /// Turns the call that was recorded last, a success, into a failure.
    pub(super) fn fail_latest(&mut self, tally: &mut Tally) {
        let latest = if self.cursor == 0 { self.size - 1 } else { self.cursor - 1 };
        self.words[latest as usize / 64] |= 1 << (latest % 64);
        tally.failures += 1;
    }

    /// Records `count` calls that were not slow. `latest` yields whether each failed and how long it took, the last one first, and
    /// is polled for no more of them than the ring remembers.
    pub(super) fn record_latest(
        &mut self,
        count: u64,
        latest: impl Iterator<Item = (bool, u64)>,
        measures: &Measures,
        tally: &mut Tally,
    ) {
        let plane = self.plane();
        let (size, first) = (self.size as usize, self.cursor as usize);
        let count = count.min(self.size()) as usize;
        let free = size - tally.total as usize;
        self.record_successes(count as u64, measures, tally);
        let (flags, durations) = self.words.split_at_mut((1 + thresholds(measures)) * plane);
        let (mut remembered, mut forgotten) = (0_u128, 0_u128);
        for (nth, (failed, nanos)) in (0..count).rev().zip(latest) {
            let index = if first + nth < size { first + nth } else { first + nth - size };
            if failed {
                flags[index / 64] |= 1 << (index % 64);
                tally.failures += 1;
            }
            if let Some(kept) = durations.get_mut(index) {
                forgotten += u128::from(if nth < free { 0 } else { *kept });
                remembered += u128::from(nanos);
                *kept = nanos;
            }
        }
        tally.latency = tally.latency + remembered - forgotten;
    }

    /// The `count` oldest calls. There must be that many.
    pub(super) fn oldest(&self, count: u64, measures: &Measures, tally: &Tally) -> Tally {
        let size = self.size as usize;
        let plane = self.plane();
        let first = self.cursor as usize + size - tally.total as usize;
        let mut oldest = Tally { total: count, ..Tally::EMPTY };
        for place in (first..first + count as usize).map(|place| place % size) {
            let bit = |index: usize| self.words[index * plane + place / 64] >> (place % 64) & 1;
            oldest.failures += bit(0);
            for threshold in 0..thresholds(measures) {
                oldest.slow[threshold] += bit(1 + threshold);
            }
            if measures.average {
                oldest.latency += u128::from(self.words[(1 + thresholds(measures)) * plane + place]);
            }
        }
        oldest
    }

    /// Forgets all calls. The planes need no clearing: bits of calls outside the tally are never read.
    pub(super) fn clear(&mut self) {
        self.cursor = 0;
    }
}

fn thresholds(measures: &Measures) -> usize {
    measures.thresholds.iter().position(|&nanos| nanos == 0).unwrap_or(MAX_THRESHOLDS)
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{FinishedCall, Measures, Ring, Tally};
    use std::collections::VecDeque;

    const THRESHOLDS: Measures = Measures::new([20, 10, 0, 0], false);
    const AVERAGE: Measures = Measures::new([20, 10, 0, 0], true);

    fn tally(latest: &VecDeque<(bool, u64)>, average: bool) -> Tally {
        let count = |is: &dyn Fn(&(bool, u64)) -> bool| latest.iter().filter(|call| is(call)).count() as u64;
        Tally {
            total: latest.len() as u64,
            failures: count(&|call| call.0),
            slow: [count(&|call| call.1 >= 20), count(&|call| call.1 >= 10), 0, 0],
            latency: if average { latest.iter().map(|call| u128::from(call.1)).sum() } else { 0 },
        }
    }

    /// Random calls, some successes recorded in bulk, compared with a plain list.
    #[test]
    fn a_ring_agrees_with_a_list() {
        let mut random = fastrand::Rng::with_seed(7);
        for (size, measures) in
            [1, 3, 63, 64, 65, 130].into_iter().flat_map(|size| [(size, THRESHOLDS), (size, AVERAGE)])
        {
            let (mut ring, mut known, mut latest) =
                (Ring::new(size, &measures), Tally::EMPTY, VecDeque::new());
            for step in 0..3_000 {
                if random.u16(..) < 60 {
                    ring.clear();
                    (known, latest) = (Tally::EMPTY, VecDeque::new());
                }
                if random.u8(..) < 40 && !measures.average {
                    let count = random.u64(..=2 * size as u64);
                    ring.record_successes(count, &measures, &mut known);
                    latest.extend((0..count).map(|_| (false, 0)));
                } else {
                    let call = if random.u8(..) < 40 {
                        (random.bool(), random.u64(..30))
                    } else {
                        (false, random.u64(..10))
                    };
                    ring.record(FinishedCall::new(call.0, call.1, &measures), &measures, &mut known);
                    latest.push_back(call);
                }
                latest.drain(..latest.len().saturating_sub(size));
                assert_eq!(known, tally(&latest, measures.average), "{size}, step {step}");
                let count = random.usize(..=latest.len());
                let oldest = latest.iter().take(count).copied().collect();
                assert_eq!(
                    ring.oldest(count as u64, &measures, &known),
                    tally(&oldest, measures.average),
                    "the oldest {count} of {size}, step {step}"
                );
            }
        }
    }
}
