//! The running calls: those admitted in the current generation that have not ended.
//!
//! A half-open breaker counts them for the slots of its trial. Others do so only if their rule asks for calls `in_flight`: a flag
//! of the state word says so. Such a rule is evaluated whenever a call is admitted, so a dependency whose calls never end is
//! noticed, too: once they have run for as long as the rule's threshold, they are slow calls.
//!
//! Counting the slow ones needs no list of calls. For each threshold, time is divided into parts of it, and calls are counted by
//! the part in which they began; calls that began more parts ago than a threshold has are slow. A call keeps its start time, so
//! when it ends, it is removed from where it was counted.

use fluxgate_rules::Measures;
use fluxgate_rules::limits::MAX_THRESHOLDS;

pub(crate) struct Running {
    calls: u32,
    /// Made with the first call, if the rule asks for running calls and has thresholds.
    ages: Option<Box<AllAges>>,
}

/// Running calls that have reached a threshold, but not the next longer one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SlowCalls {
    pub(crate) calls: u32,
    /// The threshold that they have reached.
    pub(crate) nanos: u64,
}

/// The slow running calls, by the longest threshold reached, longest first.
pub(crate) type Slow = [SlowCalls; MAX_THRESHOLDS];

impl Running {
    pub(super) const NONE: Self = Self { calls: 0, ages: None };

    pub(crate) fn calls(&self) -> u32 {
        self.calls
    }

    /// Forgets all calls: they belong to an earlier generation.
    pub(super) fn clear(&mut self) {
        self.calls = 0;
        self.each().for_each(Ages::clear);
    }

    /// A call begins at `start`, under a rule with these measures.
    pub(super) fn begin(&mut self, start: u64, measures: &Measures) {
        self.calls = self.calls.saturating_add(1);
        if measures.in_flight && measures.has_thresholds() {
            self.ages.get_or_insert_with(|| Box::new(AllAges::of(measures)));
            self.each().for_each(|ages| ages.begin(start));
        }
    }

    /// A call that began at `start` ends.
    pub(super) fn end(&mut self, start: u64) {
        self.calls = self.calls.saturating_sub(1);
        self.each().for_each(|ages| ages.end(start));
    }

    /// The calls that are slow at `now`.
    pub(super) fn slow(&mut self, now: u64) -> Slow {
        let mut slow = [SlowCalls { calls: 0, nanos: 0 }; MAX_THRESHOLDS];
        // Each threshold has its own parts, but a call that has reached a longer one has reached the shorter ones, too.
        let mut known = 0;
        for (slow, ages) in slow.iter_mut().zip(self.each()) {
            ages.advance(now);
            let reached = ages.old.max(known);
            *slow = SlowCalls { calls: reached - known, nanos: ages.threshold };
            known = reached;
        }
        slow
    }

    fn each(&mut self) -> impl Iterator<Item = &mut Ages> {
        self.ages.iter_mut().flat_map(|ages| ages.0.iter_mut().map_while(Option::as_mut))
    }

    /// Looks for calls that are slow at `now`. Returns whether there are any.
    pub(super) fn find_slow(&mut self, now: u64) -> bool {
        self.ages.is_some() && self.slow(now).iter().any(|slow| slow.calls > 0)
    }
}

/// How many parts a threshold is divided into: a slow call is noticed at most one part late.
const PARTS: u64 = 16;
/// How many parts may hold calls younger than the threshold: one more, since each call began somewhere within a part.
const YOUNG: u64 = PARTS + 1;

/// One for each threshold, longest first.
struct AllAges([Option<Ages>; MAX_THRESHOLDS]);

/// The ages of running calls, as far as they matter for one threshold.
struct Ages {
    threshold: u64,
    /// The number of the latest part, counted from the clock's zero.
    latest: u64,
    /// How many calls began in each of the latest parts.
    young: [u32; YOUNG as usize],
    /// How many began before those.
    old: u32,
}

impl AllAges {
    fn of(measures: &Measures) -> Self {
        let mut thresholds = measures.thresholds;
        thresholds.sort_unstable_by_key(|&threshold| std::cmp::Reverse(threshold));
        Self(thresholds.map(|threshold| (threshold != 0).then(|| Ages::of(threshold))))
    }
}

impl Ages {
    fn of(threshold: u64) -> Self {
        Self { threshold, latest: 0, young: [0; YOUNG as usize], old: 0 }
    }

    fn clear(&mut self) {
        (self.young, self.old) = ([0; YOUNG as usize], 0);
    }

    fn part(&self, time: u64) -> u64 {
        time / self.threshold.div_ceil(PARTS)
    }

    /// The counter of calls that began at `start`. When threads race, a call may come so late that it is old already.
    fn begun(&mut self, start: u64) -> &mut u32 {
        let part = self.part(start);
        if part + YOUNG <= self.latest { &mut self.old } else { &mut self.young[(part % YOUNG) as usize] }
    }

    fn begin(&mut self, start: u64) {
        self.advance(start);
        let begun = self.begun(start);
        *begun = begun.saturating_add(1);
    }

    fn end(&mut self, start: u64) {
        let begun = self.begun(start);
        *begun = begun.saturating_sub(1);
    }

    /// Moves on to `now`. A clock that goes back changes nothing.
    fn advance(&mut self, now: u64) {
        let part = self.part(now);
        let passed = part.saturating_sub(self.latest);
        for step in 1..=passed.min(YOUNG) {
            let place = ((self.latest + step) % YOUNG) as usize;
            self.old = self.old.saturating_add(std::mem::take(&mut self.young[place]));
        }
        self.latest = self.latest.max(part);
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Measures, PARTS, Running};

    /// `in_flight`, with these thresholds.
    fn measures(thresholds: [u64; 4]) -> Measures {
        Measures::new(thresholds, false).with_in_flight(true)
    }

    fn slow(running: &mut Running, now: u64) -> Vec<(u32, u64)> {
        let slow = running.slow(now);
        let groups: Vec<_> =
            slow.iter().filter(|slow| slow.calls > 0).map(|slow| (slow.calls, slow.nanos)).collect();
        assert_eq!(running.find_slow(now), !groups.is_empty());
        groups
    }

    #[test]
    fn a_call_is_slow_once_it_has_run_for_a_threshold_and_until_it_ends() {
        let (measures, mut running) = (measures([160, 1_600, 0, 0]), Running::NONE);
        running.begin(1_000, &measures);
        running.begin(1_005, &measures);
        assert_eq!((running.calls(), slow(&mut running, 1_159)), (2, vec![]));
        assert_eq!(slow(&mut running, 1_170), [(2, 160)]);
        running.end(1_005);
        assert_eq!((running.calls(), slow(&mut running, 2_599)), (1, vec![(1, 160)]));
        assert_eq!(slow(&mut running, 2_700), [(1, 1_600)]);
        running.begin(2_700, &measures);
        assert_eq!(slow(&mut running, 2_900), [(1, 1_600), (1, 160)]);
        running.clear();
        assert_eq!((running.calls(), slow(&mut running, 9_999)), (0, vec![]));
    }

    #[test]
    fn running_calls_are_counted_even_where_none_can_be_slow() {
        let mut running = Running::NONE;
        for measures in [Measures::NONE, measures([0; 4])] {
            running.begin(7, &measures);
        }
        assert_eq!((running.calls(), slow(&mut running, u64::MAX)), (2, vec![]));
        (0..3).for_each(|_| running.end(7));
        assert_eq!(running.calls(), 0);
    }

    /// Random calls, compared with a list of start times: none is slow too early, and none more than a part of the threshold too
    /// late.
    #[test]
    fn ages_agree_with_a_list() {
        let mut random = fastrand::Rng::with_seed(7);
        for thresholds in [[160, 0, 0, 0], [1, 17, 1_000, 15], [100, 101, 0, 0], [1_000_003, 2_000, 0, 0]] {
            let (measures, mut running) = (measures(thresholds), Running::NONE);
            let (mut list, mut now) = (Vec::new(), 0_u64);
            for _ in 0..5_000 {
                let step = [2, 50, 400, 5_000][random.usize(..4)];
                now += random.u64(..step);
                // Another thread may have read the clock earlier.
                let start = now.saturating_sub(random.u64(..20));
                if random.u8(..) < 140 {
                    running.begin(start, &measures);
                    list.push(start);
                } else if !list.is_empty() {
                    running.end(list.swap_remove(random.usize(..list.len())));
                }
                assert_eq!(running.calls() as usize, list.len());
                let slow = running.slow(now);
                for threshold in thresholds.into_iter().filter(|&threshold| threshold != 0) {
                    let counted: u32 =
                        slow.iter().filter(|slow| slow.nanos >= threshold).map(|slow| slow.calls).sum();
                    let older = |age| list.iter().filter(|&&start| now - start >= age).count() as u32;
                    let late = (PARTS + 1) * threshold.div_ceil(PARTS);
                    assert!(counted <= older(threshold), "{threshold}: too soon");
                    assert!(counted >= older(late), "{threshold}: too late");
                }
            }
        }
    }
}
