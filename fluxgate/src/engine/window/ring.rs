//! The memory of a count window.

use fluxgate_rules::limits::MAX_THRESHOLDS;
use fluxgate_rules::{Measures, Tally};

use super::finished_call::FinishedCall;

/// The last calls; the oldest is overwritten first. A call takes one bit for its failure, one for each threshold, and, if the rule
/// needs an average, a word for its duration.
pub(super) struct Ring {
    size: u32,
    /// Where the next call goes and, once the ring is full, where the oldest is.
    cursor: u32,
    /// How many calls may move the cursor forward without being recorded.
    granted: u32,
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
            granted: 0,
            words: vec![0; planes * size.div_ceil(64) + durations].into_boxed_slice(),
        }
    }

    pub(super) fn is_full(&self, tally: &Tally) -> bool {
        tally.total == u64::from(self.size)
    }

    pub(super) fn record(&mut self, call: FinishedCall, measures: &Measures, tally: &mut Tally) {
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

    /// Forgets all calls. The planes need no clearing: bits of calls that are not in the tally are never read.
    pub(super) fn clear(&mut self) {
        self.cursor = 0;
        self.granted = 0;
    }

    /// Grants as many fast successes as would push out only fast successes, or a lower bound that is quick to find. The ring must be
    /// full, and nothing may be recorded until the grant is [reclaimed](Self::reclaim).
    pub(super) fn grant(&mut self, measures: &Measures) -> u32 {
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
            self.granted = (self.granted + found).min(self.size);
            if found < length {
                break;
            }
            cursor = if cursor + length == self.size { 0 } else { cursor + length };
        }
        self.granted
    }

    /// Moves forward by the granted calls that came: all but `left`.
    pub(super) fn reclaim(&mut self, left: u32) {
        let moved = self.cursor + self.granted.saturating_sub(left);
        self.cursor = if moved >= self.size { moved - self.size } else { moved };
        self.granted = 0;
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

    /// Random calls to a ring and to a plain list, of which some may go unrecorded.
    #[test]
    fn a_ring_agrees_with_a_list() {
        let mut random = fastrand::Rng::with_seed(7);
        for (size, measures) in
            [1, 3, 63, 64, 65, 130].into_iter().flat_map(|size| [(size, THRESHOLDS), (size, AVERAGE)])
        {
            let (mut ring, mut known, mut latest) =
                (Ring::new(size, &measures), Tally::EMPTY, VecDeque::new());
            for step in 0..2_000 {
                if random.u16(..) < 60 {
                    ring.clear();
                    (known, latest) = (Tally::EMPTY, VecDeque::new());
                }
                let call = if random.u8(..) < 40 {
                    (random.bool(), random.u64(..30))
                } else {
                    (false, random.u64(..10))
                };
                ring.record(FinishedCall::new(call.0, call.1, &measures), &measures, &mut known);
                latest.push_back(call);
                if latest.len() > size {
                    latest.pop_front();
                }
                assert_eq!(known, tally(&latest, measures.average), "{size}, step {step}");
                if ring.is_full(&known) && !measures.average {
                    let healthy = latest.iter().take_while(|call| !call.0 && call.1 < 10).count();
                    let granted = ring.grant(&measures);
                    assert_eq!(granted as usize, healthy, "{size}, step {step}");
                    let came = random.u32(..=granted);
                    ring.reclaim(granted - came);
                    latest.rotate_left(came as usize);
                }
            }
        }
    }
}
