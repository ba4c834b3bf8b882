//! New settings for a breaker in use.

use std::time::Duration;

use fluxgate::State;

use super::{Phase, Reference};
use crate::reference::rule::{Evidence, Rule};
use crate::reference::settings::{Change, Retry, Settings};
use crate::reference::trial::Trial;

impl Reference {
    /// One setting changes.
    pub fn change(&mut self, now: Duration, change: &Change) {
        self.reconfigure(now, change.of(&self.settings));
    }

    /// State, pause and ramp stay. A new rule or window begins a new generation, and keeps the calls if the new settings would remember
    /// the same of them; then it judges them at once.
    fn reconfigure(&mut self, now: Duration, settings: Settings) {
        let old = std::mem::replace(&mut self.settings, settings);
        let is_endless = self.state == State::Open && self.deadline.is_none();
        if is_endless && old.retry == Retry::Never && self.settings.retry != Retry::Never {
            self.pause = Some(now - self.since);
            self.deadline = Some(now);
        }
        let (rule, window) = (&self.settings.rule, &self.settings.window);
        if old.rule == *rule && old.window == *window {
            return;
        }
        let keeps = old.window == *window && old.rule.asks_to_remember() == rule.asks_to_remember();
        self.trial = Trial::of(rule).expect("the rule can end a trial");
        self.may_lack_cause = true;
        let (calls, phase) = (self.calls.clone(), self.phase);
        self.begin_generation();
        self.phase = phase;
        if !keeps {
            self.evidence = Evidence::default();
            self.succeeded_at = None;
            return;
        }
        if self.state == State::HalfOpen && phase == Phase::Trial {
            return;
        }
        self.calls = calls;
        if self.state == State::MetricsOnly {
            self.report_crossing(now);
        } else if self.counts() {
            self.trips(now);
        }
    }
}

impl Rule {
    /// What it has to be remembered of calls: which durations they reached, their average, when one last succeeded, how many run.
    fn asks_to_remember(&self) -> (Vec<Duration>, [bool; 3]) {
        let recency = self.has(&|condition| matches!(condition, Self::FailingFor(_)));
        (self.thresholds(), [self.averages(), recency, self.least_in_flight().is_some()])
    }
}
