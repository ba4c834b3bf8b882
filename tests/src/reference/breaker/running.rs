//! Calls that have not ended yet, where the rule asks about them.

use std::time::Duration;

use fluxgate::State;

use super::Reference;
use crate::reference::rule::Record;

impl Reference {
    /// Whether the rule looks at running calls.
    pub fn is_tracking(&self) -> bool {
        self.settings.rule.least_in_flight().is_some()
    }

    /// When a call that began at `began` is known to have run for `threshold`: time is divided into sixteenths of the threshold, and
    /// sixteen must pass after the one in which the call began.
    pub(super) fn slow_at(began: Duration, threshold: Duration) -> Duration {
        let part = threshold.as_nanos().div_ceil(16);
        let slow = (began.as_nanos() / part + 17) * part;
        Duration::from_nanos(slow.try_into().expect("the night is not that long"))
    }

    /// The longest threshold that a call begun at `began` has reached.
    pub(super) fn reached(&self, began: Duration, now: Duration) -> Option<Duration> {
        let mut thresholds = self.settings.rule.thresholds();
        thresholds.retain(|&threshold| now >= Self::slow_at(began, threshold));
        thresholds.last().copied()
    }

    /// The sets of running calls judged together with the finished ones: for each threshold, those that have reached it, slowest
    /// last.
    pub(super) fn slow_running(&self, now: Duration) -> Vec<Vec<Record>> {
        if !self.is_tracking() {
            return Vec::new();
        }
        let mut reached: Vec<Duration> =
            self.running.iter().filter_map(|&began| self.reached(began, now)).collect();
        reached.sort_unstable();
        let mut least = reached.clone();
        least.dedup();
        let record = |&took: &Duration| Record { at: now, failed: false, took, runs: true };
        let of = |least: &Duration| reached.iter().filter(|took| *took >= least).map(record).collect();
        least.iter().rev().map(of).collect()
    }

    /// Judges the running calls, if there are as many as the rule asks for or any is slow.
    pub(super) fn judge_running(&mut self, now: Duration) {
        let slow = self.slow_running(now);
        let least = self.settings.rule.least_in_flight().unwrap_or(u32::MAX);
        if self.running.len() < least as usize && slow.is_empty() {
            return;
        }
        match self.state {
            State::MetricsOnly => self.report_crossing(now),
            _ => {
                self.trips(now);
            }
        }
    }
}
