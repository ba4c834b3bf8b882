//! When the rule of a metrics-only breaker begins to hold.

use fluxgate_rules::Metrics;

use crate::events::transition::Reason;

/// Why the rule holds after an outcome.
pub(super) type CrossingEvidence = (Reason, Metrics);

/// The verdicts on the outcomes of a period, taken in the order of the outcomes.
///
/// A `custom` condition is asked without the lock, so a verdict may arrive before that on an earlier outcome. It then waits, so
/// that each crossing is reported exactly once.
#[derive(Default)]
pub(crate) struct Crossings {
    /// How many outcomes there were, and for how many of them verdicts have been taken.
    outcomes: u64,
    taken: u64,
    /// The rule held at the last verdict taken.
    holds: bool,
    /// Verdicts that wait for an earlier one, with their outcomes' numbers.
    waiting: Vec<(u64, Option<CrossingEvidence>)>,
}

/// The most verdicts that wait for a `custom` condition that does not return. Beyond that, its verdict is skipped.
const MOST_WAITING: usize = 1_024;

impl Crossings {
    /// Numbers a new outcome.
    pub(super) fn next(&mut self) -> u64 {
        self.outcomes += 1;
        self.outcomes
    }

    /// Whether the rule holds, as far as verdicts have been taken.
    pub(super) fn holds(&self) -> bool {
        self.holds
    }

    /// Takes the verdict on an outcome: evidence if the rule holds. Returns the evidence if the rule begins to hold with it. A
    /// verdict that comes early waits for [`next_crossing`](Self::next_crossing).
    pub(super) fn take(
        &mut self,
        outcome: u64,
        verdict: Option<CrossingEvidence>,
    ) -> Option<CrossingEvidence> {
        if outcome == self.taken + 1 {
            return self.take_next(verdict);
        }
        if outcome > self.taken {
            self.waiting.push((outcome, verdict));
        }
        if self.waiting.len() > MOST_WAITING {
            self.taken = self.waiting.iter().map(|(outcome, _)| outcome - 1).min().unwrap_or(self.taken);
        }
        None
    }

    /// The next crossing among the verdicts that no longer need to wait.
    pub(super) fn next_crossing(&mut self) -> Option<CrossingEvidence> {
        while let Some(place) = self.waiting.iter().position(|(outcome, _)| *outcome == self.taken + 1) {
            let (_, verdict) = self.waiting.swap_remove(place);
            if let Some(evidence) = self.take_next(verdict) {
                return Some(evidence);
            }
        }
        None
    }

    fn take_next(&mut self, verdict: Option<CrossingEvidence>) -> Option<CrossingEvidence> {
        self.taken += 1;
        let held = std::mem::replace(&mut self.holds, verdict.is_some());
        verdict.filter(|_| !held)
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Crossings, MOST_WAITING, Metrics, Reason};

    fn taken(verdicts: &[(u64, bool)]) -> (usize, bool) {
        let (mut crossings, mut count) = (Crossings::default(), 0);
        for (outcome, holds) in verdicts {
            let verdict = holds.then(|| (Reason::RetryDue, Metrics::default()));
            count += crossings.take(*outcome, verdict).iter().count();
            count += std::iter::from_fn(|| crossings.next_crossing()).count();
        }
        (count, crossings.holds())
    }

    #[test]
    fn each_crossing_is_noticed_once_in_any_order_of_verdicts() {
        let mut random = fastrand::Rng::with_seed(7);
        for bits in 0..1_u32 << 8 {
            let verdicts: Vec<_> = (1..=8).map(|outcome| (outcome, bits >> (outcome - 1) & 1 == 1)).collect();
            let holds = |place: usize| verdicts[place].1;
            let begins = (0..8).filter(|&place| holds(place) && (place == 0 || !holds(place - 1))).count();
            for _ in 0..20 {
                let mut late = verdicts.clone();
                random.shuffle(&mut late);
                assert_eq!(taken(&late), (begins, holds(7)), "{late:?}");
            }
        }
    }

    #[test]
    fn a_verdict_that_never_comes_is_skipped() {
        let holding = |outcome| (outcome, true);
        let others: Vec<_> = (2..=MOST_WAITING as u64 + 1).map(holding).collect();
        assert_eq!(taken(&others), (0, false));
        let others: Vec<_> = (2..=MOST_WAITING as u64 + 2).map(holding).collect();
        assert_eq!(taken(&others), (1, true));
        let then: Vec<_> = others.into_iter().chain([(1, false)]).collect();
        assert_eq!(taken(&then), (1, true), "too late");
    }
}
