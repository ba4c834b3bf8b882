//! A window's memory.

use fluxgate_rules::limits::MAX_THRESHOLDS;
use fluxgate_rules::{Extent, Measures, Metrics, Node, Rule, Tally, Window};

use super::buckets::Buckets;
use super::finished_call::FinishedCall;
use super::headroom::Headroom;
use super::ring::Ring;
use crate::clock::NEVER;
use crate::engine::running::SlowCalls;

/// What is remembered of calls: the sliding window or, during a trial, the trial's tally in its place.
///
/// What each outcome changes is on the first two cache lines, since the memory comes first in what the lock guards.
#[repr(C)]
pub(crate) struct Memory {
    tally: Tally,
    storage: Storage,
    /// `None` if the next outcome has to be judged.
    headroom: Option<Headroom>,
    streak: u32,
    /// A lower bound on how many fast successes came since the last other call, or since the beginning.
    in_a_row: u32,
    pub(crate) measures: Measures,
    /// The time of the latest outcome or reading, if the breaker reads the time.
    latest: u64,
    /// The time of the last success; before the first one, of the first outcome.
    succeeded: u64,
}

/// Fewer failures in a row than this happen by chance.
const RUN: u32 = if cfg!(fluxgate_loom) { 2 } else { 16 };

enum Storage {
    Count(Ring),
    Time(Buckets),
}

/// The run of calls with equal outcomes at the end, as far as it has been read, from the last call backwards.
#[derive(Default)]
struct Run {
    failed: bool,
    length: u32,
    /// The call before the run had the other outcome, so this is all of it.
    is_whole: bool,
}

impl Run {
    #[inline]
    fn see(&mut self, failed: bool) {
        if self.is_whole {
            return;
        }
        if self.length == 0 {
            self.failed = failed;
        }
        if failed == self.failed {
            self.length += 1;
        } else {
            self.is_whole = true;
        }
    }

    /// Whether more failures may precede these.
    fn may_be_streak(&self) -> bool {
        self.length == 0 || self.failed && !self.is_whole
    }
}

impl Memory {
    pub(crate) fn new(window: &Window, rule: &[Node]) -> Self {
        let measures = Rule::measures(rule);
        let storage = match window.extent {
            Extent::Count(size) => Storage::Count(Ring::new(size, &measures)),
            Extent::Time(_) => Storage::Time(Buckets::new(window.bucket_nanos(), window.bucket_count())),
        };
        Self {
            tally: Tally::EMPTY,
            streak: 0,
            in_a_row: 0,
            headroom: None,
            storage,
            measures,
            latest: 0,
            succeeded: NEVER,
        }
    }

    /// Forgets all calls, but not when one last succeeded.
    pub(crate) fn clear(&mut self) {
        self.tally = Tally::EMPTY;
        self.streak = 0;
        self.in_a_row = 0;
        self.headroom = None;
        match &mut self.storage {
            Storage::Count(ring) => ring.clear(),
            Storage::Time(buckets) => buckets.clear(),
        }
    }

    /// Whether the rule, which does not hold, cannot hold after this call either, whatever good calls come before it.
    #[inline]
    pub(crate) fn covers(&self, call: &FinishedCall) -> bool {
        self.headroom.is_some_and(|headroom| headroom.after(call, self.measures.average).is_some())
    }

    /// Records into the sliding window. Returns whether the rule, if it did not hold before, could hold now.
    pub(crate) fn record(&mut self, call: FinishedCall, now: u64) -> bool {
        self.update_streak(&call, now);
        match &mut self.storage {
            Storage::Count(ring) => {
                let replaces = ring.is_full(&self.tally);
                ring.record(call, &self.measures, &mut self.tally);
                // It replaced another call, so nothing has become worse.
                if replaces && call.is_fast_success() && !self.measures.average {
                    return false;
                }
            }
            Storage::Time(buckets) => {
                if buckets.advance(now, &mut self.tally) {
                    self.headroom = None;
                }
                buckets.add(&call.tally(&self.measures), &mut self.tally);
            }
        }
        self.headroom = self.headroom.and_then(|headroom| headroom.after(&call, self.measures.average));
        self.headroom.is_none()
    }

    /// Records into the trial's tally, which forgets nothing.
    pub(crate) fn record_trial(&mut self, call: FinishedCall, now: u64) {
        self.update_streak(&call, now);
        self.tally += call.tally(&self.measures);
    }

    /// Records `count` fast successes whose times are not known.
    pub(crate) fn record_successes(&mut self, count: u64) {
        if count > 0 {
            self.streak = 0;
            self.in_a_row = self.in_a_row.saturating_add(saturated(count));
            match &mut self.storage {
                Storage::Count(ring) => ring.record_successes(count, &self.measures, &mut self.tally),
                Storage::Time(buckets) => {
                    buckets.add(&Tally { total: count, ..Tally::EMPTY }, &mut self.tally);
                }
            }
        }
    }

    /// Records `successes` fast successes, and then a failure, at unknown times.
    pub(crate) fn record_failure_after(&mut self, successes: u64) {
        self.streak = if successes > 0 { 1 } else { self.streak.saturating_add(1) };
        self.in_a_row = 0;
        let total = successes.saturating_add(1);
        match &mut self.storage {
            Storage::Count(ring) => {
                ring.record_successes(total, &self.measures, &mut self.tally);
                ring.fail_latest(&mut self.tally);
            }
            Storage::Time(buckets) => {
                buckets.add(&Tally { total, failures: 1, ..Tally::EMPTY }, &mut self.tally);
            }
        }
    }

    /// Records `count` failures whose times are not known.
    pub(crate) fn record_failures(&mut self, count: u64) {
        self.streak = self.streak.saturating_add(saturated(count));
        self.in_a_row = 0;
        match &mut self.storage {
            Storage::Count(ring) => {
                let call = FinishedCall::new(true, 0, &self.measures);
                for _ in 0..count.min(ring.size()) {
                    ring.record(call, &self.measures, &mut self.tally);
                }
            }
            Storage::Time(buckets) => {
                buckets.add(&Tally { total: count, failures: count, ..Tally::EMPTY }, &mut self.tally);
            }
        }
    }

    /// Records calls, none of which was slow or made the rule hold. `latest` yields whether each failed and how long it
    /// took, the last one first; `tally` is that of all.
    pub(crate) fn record_together(&mut self, tally: &Tally, mut latest: impl Iterator<Item = (bool, u64)>) {
        let mut end = Run::default();
        match &mut self.storage {
            Storage::Count(ring) => {
                let latest = latest.by_ref().inspect(|(failed, _)| end.see(*failed));
                ring.record_latest(tally.total, latest, &self.measures, &mut self.tally);
            }
            Storage::Time(buckets) => buckets.add(tally, &mut self.tally),
        }
        if tally.failures == tally.total {
            // No need to search for where the streak began.
            let length = saturated(tally.total);
            end = Run { failed: length > 0, length, is_whole: false };
        } else {
            // The streak may reach back further than the window remembers.
            while end.may_be_streak()
                && let Some((failed, _)) = latest.next()
            {
                end.see(failed);
            }
        }
        if end.failed {
            let before = if end.is_whole { 0 } else { self.streak };
            (self.streak, self.in_a_row) = (before.saturating_add(end.length), 0);
        } else if end.length > 0 {
            (self.streak, self.in_a_row) = (0, end.length);
        }
    }

    #[inline]
    fn update_streak(&mut self, call: &FinishedCall, now: u64) {
        self.streak = if call.failed { self.streak.saturating_add(1) } else { 0 };
        self.in_a_row = if call.is_fast_success() { self.in_a_row.saturating_add(1) } else { 0 };
        if self.measures.recency {
            self.latest = self.latest.max(now);
            self.succeeded = if call.failed { self.succeeded.min(self.latest) } else { self.latest };
        }
    }

    /// When the memory next forgets calls because of their age.
    pub(crate) fn forgets_at(&self) -> u64 {
        match &self.storage {
            Storage::Count(_) => NEVER,
            Storage::Time(buckets) => buckets.end(),
        }
    }

    /// Forgets calls that are too old.
    pub(crate) fn advance(&mut self, now: u64) {
        self.latest = self.latest.max(now);
        if let Storage::Time(buckets) = &mut self.storage
            && buckets.advance(now, &mut self.tally)
        {
            self.headroom = None;
        }
    }

    pub(crate) fn metrics(&self) -> Metrics {
        self.metrics_of(self.tally)
    }

    #[inline]
    fn metrics_of(&self, tally: Tally) -> Metrics {
        Metrics::new(tally, self.streak, self.measures)
            .after_success(self.latest.saturating_sub(self.succeeded))
    }

    /// The figures as if these running calls had just succeeded, pushing the oldest calls out of a count window. If there are more
    /// than it remembers, it holds the slowest.
    pub(crate) fn metrics_with(&self, slow: &[SlowCalls], in_trial: bool) -> Metrics {
        let mut tally = self.tally;
        let mut added = Tally::EMPTY;
        for (call, count) in self.fitting(slow, in_trial) {
            added += call.tally(&self.measures) * count;
        }
        if let Storage::Count(ring) = &self.storage
            && !in_trial
        {
            let forgotten = (tally.total + added.total).saturating_sub(ring.size());
            tally -= ring.oldest(forgotten, &self.measures, &tally);
        }
        tally += added;
        self.metrics_of(tally)
    }

    /// Records these running calls as if they had just succeeded. They do not touch the streak of failures.
    pub(crate) fn keep(&mut self, slow: &[SlowCalls], in_trial: bool) {
        self.in_a_row = 0;
        for (call, count) in self.fitting(slow, in_trial) {
            match &mut self.storage {
                Storage::Count(ring) if !in_trial => {
                    (0..count).for_each(|_| ring.record(call, &self.measures, &mut self.tally));
                }
                Storage::Time(buckets) if !in_trial => {
                    buckets.add(&(call.tally(&self.measures) * count), &mut self.tally);
                }
                _ => self.tally += call.tally(&self.measures) * count,
            }
        }
    }

    /// The running calls as finished ones, and how many of each: no more than a window remembers.
    fn fitting(
        &self,
        slow: &[SlowCalls],
        in_trial: bool,
    ) -> impl Iterator<Item = (FinishedCall, u64)> + use<> {
        let mut room = match &self.storage {
            Storage::Count(ring) if !in_trial => ring.size(),
            _ => u64::MAX,
        };
        let measures = self.measures;
        let mut groups = [(FinishedCall::new(false, 0, &measures), 0); MAX_THRESHOLDS];
        for (group, slow) in groups.iter_mut().zip(slow) {
            let count = room.min(u64::from(slow.calls));
            room -= count;
            *group = (FinishedCall::new(false, slow.nanos, &measures), count);
        }
        groups.into_iter().filter(|(_, count)| *count > 0)
    }

    /// Whether a fast success would leave the memory exactly as it is, because every remembered call is one, too.
    #[inline]
    pub(crate) fn is_saturated(&self) -> bool {
        match &self.storage {
            Storage::Count(ring) => {
                ring.is_full(&self.tally)
                    && self.tally.failures == 0
                    && self.tally.slow == [0; MAX_THRESHOLDS]
                    && !self.measures.depend_on_each()
            }
            Storage::Time(_) => false,
        }
    }

    /// For how many fast successes the rule, which does not hold, need not be evaluated: none of them can make it hold.
    ///
    /// In a full count window each replaces another call, at best a bad one; once those are gone, the window is saturated, and
    /// there is nothing more to count. Elsewhere each adds a call, so the largest `min` of the rule must be reached already.
    pub(crate) fn harmless_successes(&self, rule: &[Node]) -> u64 {
        let is_harmless = !self.measures.depend_on_each() && self.has_all_calls(rule);
        match &self.storage {
            _ if !is_harmless => 0,
            Storage::Count(ring) => ring.size().saturating_sub(u64::from(self.in_a_row)).max(1),
            Storage::Time(_) => u64::from(u32::MAX),
        }
    }

    /// Whether more calls cannot reach another `min` of the rule: the largest has been reached, or the window is full.
    #[inline]
    fn has_all_calls(&self, rule: &[Node]) -> bool {
        match &self.storage {
            Storage::Count(ring) if ring.is_full(&self.tally) => true,
            _ => self.tally.total >= u64::from(Rule::largest_min(rule)),
        }
    }

    /// The most calls that it remembers.
    pub(crate) fn remembered(&self) -> u64 {
        match &self.storage {
            Storage::Count(ring) => ring.size(),
            Storage::Time(_) => u64::MAX,
        }
    }

    /// Whether calls leave only when newer ones push them out, never because of their age.
    pub(crate) fn is_of_calls(&self) -> bool {
        matches!(self.storage, Storage::Count(_))
    }

    /// Called after an evaluation in which the rule does not hold: finds how much may happen before the next one.
    pub(crate) fn renew_headroom(&mut self, rule: &[Node], metrics: &Metrics) {
        let is_foreseeable = self.has_all_calls(rule)
            && !self.measures.recency
            && !self.measures.in_flight
            && !Rule::asks_custom(rule);
        self.headroom = is_foreseeable.then(|| Headroom::find(rule, metrics));
    }

    /// Finds the headroom again if it has fallen below `little`. Up to `set_aside` failures may have happened that are not recorded
    /// yet.
    pub(crate) fn extend_headroom(&mut self, rule: &[Node], little: Headroom, set_aside: u32) {
        if self.headroom.is_some_and(|headroom| headroom.is_less_than(little)) {
            let metrics = self.metrics();
            self.renew_headroom(rule, &metrics);
            if let Some(headroom) = &mut self.headroom {
                headroom.set_aside(set_aside);
            }
        }
    }

    /// Sets aside failures for a log: at most `most`, and no more than half of the headroom, so they cannot make the rule hold.
    pub(crate) fn set_failures_aside(&mut self, most: u32) -> u32 {
        self.headroom
            .as_mut()
            .map_or(0, |headroom| headroom.set_aside(most.min(headroom.failures.div_ceil(2))))
    }

    /// Whether anything may happen before the next evaluation.
    pub(crate) fn has_headroom(&self) -> bool {
        self.headroom.is_some()
    }

    /// Sets aside a share of the headroom for each of `number` journals. Returns one share, if there is any headroom.
    pub(crate) fn set_shares_aside(&mut self, number: u32) -> Option<Headroom> {
        self.headroom.as_mut().map(|headroom| headroom.set_shares_aside(number))
    }

    /// Takes back what is left of the shares.
    pub(crate) fn reclaim(&mut self, unused: Headroom) {
        if let Some(headroom) = &mut self.headroom {
            headroom.reclaim(unused);
        }
    }

    /// Whether the dependency is down: this many failures in a row are not an accident, the rule leaves room for many more, and only
    /// their number matters.
    pub(crate) fn is_down(&self) -> bool {
        self.streak >= RUN
            && self.headroom.is_some_and(|headroom| headroom.failures >= 4 * RUN)
            && !self.measures.average
            && !self.measures.recency
    }

    /// Sets aside failures for a stripe, if there is a run of them.
    pub(crate) fn set_run_aside(&mut self) -> u32 {
        let headroom = if self.is_down() { self.headroom.as_mut() } else { None };
        headroom.map_or(0, |headroom| headroom.set_aside(headroom.failures / 4))
    }

    /// The rule has changed, so the next outcome has to be judged.
    pub(crate) fn forget_headroom(&mut self) {
        self.headroom = None;
    }
}

fn saturated(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
