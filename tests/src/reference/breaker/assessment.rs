//! How the breaker stands between closed and open.

use std::collections::BTreeSet;
use std::time::Duration;

use fluxgate::State;

use super::{Phase, Reference};
use crate::reference::interface::{Mark, Progress};
use crate::reference::rule::Rule;

impl Reference {
    /// The conditions through which the rule can hold, and whether they do; `None` for a `custom` one, which is not asked.
    pub fn conditions(&self, now: Duration) -> BTreeSet<(String, Option<bool>)> {
        let readings: &[bool] = match self.state {
            State::Disabled | State::ForcedOpen => &[],
            State::HalfOpen if self.phase == Phase::Trial => &[true],
            State::HalfOpen | State::Open => &[false, true],
            _ => &[false],
        };
        let applies = |alternative: &Vec<Rule>| {
            readings.iter().any(|&half_open| {
                !alternative.contains(if half_open { &Rule::Closed } else { &Rule::HalfOpen })
            })
        };
        let evidence = self.evidence(now);
        let status = |condition: &Rule| {
            let is_asked = !matches!(condition, Rule::Custom(_));
            // Nothing is no share of nothing.
            let holds =
                condition.holds(false, &evidence, None) && (evidence.total() > 0 || !condition.is_share());
            (condition.build().to_string(), is_asked.then_some(holds))
        };
        let alternatives = self.settings.rule.alternatives();
        let conditions = alternatives.iter().filter(|alternative| applies(alternative)).flatten();
        conditions
            .filter(|condition| !matches!(condition, Rule::Closed | Rule::HalfOpen))
            .map(status)
            .collect()
    }

    /// Whether a call might be admitted, if the permit is kind to it.
    pub fn has_chance(&self, now: Duration) -> bool {
        match self.state {
            State::ForcedOpen => false,
            State::Open => self.reaches(Mark::Retry, now),
            State::HalfOpen if self.phase == Phase::Trial => self.is_stalled(now) || self.has_slot(),
            _ => true,
        }
    }

    /// Whether the calls of a trial have run for too long.
    pub fn is_stalled(&self, now: Duration) -> bool {
        self.reaches(Mark::Stall, now)
    }

    /// How far a half-open breaker has recovered.
    pub fn progress(&self, now: Duration) -> Option<Progress> {
        if self.state != State::HalfOpen {
            return None;
        }
        Some(match self.phase {
            Phase::Trial => Progress::Trial {
                outcomes: self.calls.len(),
                good: self.calls.iter().filter(|call| self.trial.is_good(call)).count(),
                needed: self.trial.good,
                in_flight: self.running.len(),
                longest: 2 * self.trial.length,
            },
            Phase::Ramp => Progress::Ramp {
                admits: self.share(now),
                ends_in: self.due(Mark::RampEnd).unwrap_or_default().saturating_sub(now),
            },
        })
    }
}
