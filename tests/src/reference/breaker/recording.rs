//! How calls end, and what their outcomes lead to.

use std::time::Duration;

use fluxgate::{OnCancel, Outcome, State};

use super::{Phase, Reference};
use crate::reference::interface::{Call, Ending, Mark, Why};
use crate::reference::rule::Record;

impl Reference {
    /// An admitted call panics.
    pub fn panic(&mut self, now: Duration, call: Call) {
        self.life.panicked += u64::from(call.state != State::Disabled);
        self.finish(now, call, Ending::Reported(self.settings.on_panic));
    }

    /// An admitted call ends.
    pub fn finish(&mut self, now: Duration, call: Call, ending: Ending) {
        let counts = call.state != State::Disabled;
        self.life.cancelled += u64::from(counts && ending == Ending::Cancelled);
        let mut lasts = call.generation == self.generation;
        if self.reaches(Mark::Stall, now) && lasts && call.probe {
            self.open(now, Why::HalfOpenTimeout);
            lasts = false;
        }
        if lasts && call.runs {
            let place = self.running.iter().position(|&began| began == call.began);
            self.running.remove(place.expect("it runs"));
        }
        let took = now.saturating_sub(call.began);
        let outcome = match ending {
            Ending::Reported(outcome) => outcome,
            Ending::Asking(_) => Outcome::Failure,
            Ending::Cancelled => match self.settings.on_cancel {
                OnCancel::Outcome(outcome) => outcome,
                OnCancel::FailureAfter(after) if took >= after => Outcome::Failure,
                _ => Outcome::Ignored,
            },
        };
        if lasts && call.probe {
            // A cancelled call is an outcome only if it counts. Otherwise the wait continues, or pauses if nothing runs.
            let tells_nothing = ending == Ending::Cancelled && outcome == Outcome::Ignored;
            if !tells_nothing {
                self.waited = Duration::ZERO;
                self.waits_since = now;
            } else if self.running.is_empty() {
                // An outcome recorded without a call may have ended the trial by now; then this no longer matters.
                self.waited += now - self.waits_since;
            }
            if tells_nothing {
                self.give_up(now, call.began);
            }
        }
        if outcome == Outcome::Ignored {
            self.watch_ignored(counts && call.is_watched);
            if lasts && self.is_ramping() && self.reaches(Mark::RampEnd, now) {
                self.close(now, Why::RampEnded);
            }
            return;
        }
        if !lasts {
            self.life.late += u64::from(counts);
            return;
        }
        // Zero asks for nothing.
        self.asked = match ending {
            Ending::Asking(pause) if pause > Duration::ZERO => Some(pause.min(Self::LONGEST_ASKED)),
            _ => None,
        };
        self.enter_outcome(now, outcome == Outcome::Failure, took, call.is_watched);
        self.asked = None;
    }

    /// A caller gave up. Outcomes that reveal nothing about the service must not keep its trial going forever.
    pub(super) fn give_up(&mut self, now: Duration, began: Duration) {
        if self.state == State::HalfOpen && self.phase == Phase::Trial {
            self.given_up += now - began.max(self.told_at);
            let at_once = (self.settings.slots as usize).min(2 * self.trial.length);
            if self.given_up >= self.settings.half_open_timeout() * at_once as u32 {
                self.open(now, Why::HalfOpenTimeout);
            }
        }
    }

    /// An outcome recorded without a call.
    pub fn record(&mut self, now: Duration, outcome: Outcome, took: Duration) {
        if outcome == Outcome::Ignored {
            self.watch_ignored(self.counts());
            return;
        }
        if self.reaches(Mark::Stall, now) {
            self.life.late += 1;
            self.open(now, Why::HalfOpenTimeout);
        }
        self.waited = Duration::ZERO;
        self.waits_since = now;
        self.enter_outcome(now, outcome == Outcome::Failure, took, true);
    }

    fn watch_ignored(&mut self, is_watched: bool) {
        if let Some((_, ignored)) = &mut self.life.watched {
            *ignored += u64::from(is_watched);
        }
    }

    fn enter_outcome(&mut self, now: Duration, failed: bool, took: Duration, is_watched: bool) {
        let record = Record { at: now, failed, took, runs: false };
        if self.state == State::MetricsOnly {
            self.would_trip &= self.may_hold(now);
        }
        if self.counts() {
            if !failed || self.succeeded_at.is_none() {
                self.succeeded_at = Some(now);
            }
            self.life.failures += u64::from(failed);
            let is_slow = self.settings.rule.thresholds().first().is_some_and(|&shortest| took >= shortest);
            self.life.slow += u64::from(is_slow);
            if let Some((successes, _)) = &mut self.life.watched {
                *successes += u64::from(is_watched && !failed);
            }
        }
        match self.state {
            State::Closed => {
                self.calls.push(record);
                self.trips(now);
            }
            State::MetricsOnly => {
                self.calls.push(record);
                self.report_crossing(now);
            }
            State::HalfOpen if self.phase == Phase::Trial => self.judge(now, record),
            State::HalfOpen => self.watch(now, record),
            _ => {}
        }
    }

    /// An outcome of the trial.
    pub(super) fn judge(&mut self, now: Duration, record: Record) {
        (self.given_up, self.told_at) = (Duration::ZERO, now);
        self.calls.push(record);
        if self.trips(now) {
            return;
        }
        match self.trial.verdict(&self.evidence(now)) {
            Some(false) if self.reaches(Mark::RampEnd, now) => {
                self.close(now, Why::TrialPassed);
            }
            Some(false) => {
                self.phase = Phase::Ramp;
                self.calls.clear();
            }
            Some(true) | None => {}
        }
    }

    /// An outcome in the ramp.
    pub(super) fn watch(&mut self, now: Duration, record: Record) {
        self.calls.push(record);
        if !self.trips(now) && self.reaches(Mark::RampEnd, now) {
            self.close(now, Why::RampEnded);
        }
    }
}
