//! When the rule of a breaker that only reports begins to hold.

/// The verdicts on the outcomes of a period, each with the number of its outcome.
///
/// A `custom` condition is asked without the lock, so verdicts may come in another order than outcomes. Each crossing is reported all
/// the same, and once: at the outcome with which the rule begins to hold, having not held since the last one with which it did.
#[derive(Default)]
pub(crate) struct Crossings {
    outcomes: u64,
    /// The last outcome with which the rule is known to hold; 0 if there is none.
    held: u64,
    /// The first outcome after that, and the last of all, with which it is known not to.
    ceased: Option<u64>,
    last_ceased: u64,
}

impl Crossings {
    /// The number of a new outcome.
    pub(super) fn next(&mut self) -> u64 {
        self.outcomes += 1;
        self.outcomes
    }

    /// Whether the rule holds, as far as is known.
    pub(super) fn holds(&self) -> bool {
        self.held > self.last_ceased
    }

    /// Notes the verdict on an outcome. Returns whether the rule began to hold with it.
    pub(super) fn note(&mut self, outcome: u64, holds: bool) -> bool {
        if !holds {
            self.last_ceased = self.last_ceased.max(outcome);
            if outcome > self.held {
                self.ceased = Some(self.ceased.map_or(outcome, |first| first.min(outcome)));
            }
            return false;
        }
        if outcome <= self.held {
            return false;
        }
        let begins = self.held == 0 || self.ceased.is_some_and(|ceased| ceased < outcome);
        self.held = outcome;
        self.ceased = Some(self.last_ceased).filter(|ceased| *ceased > outcome);
        begins
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::Crossings;

    fn crossings(verdicts: &[(u64, bool)]) -> usize {
        let mut crossings = Crossings::default();
        verdicts.iter().filter(|(outcome, holds)| crossings.note(*outcome, *holds)).count()
    }

    /// Verdicts in order, and with any two neighbours changed places.
    #[test]
    fn each_crossing_is_noted_once_whatever_the_order_of_verdicts() {
        for bits in 0..1_u32 << 8 {
            let verdicts: Vec<_> = (1..=8).map(|outcome| (outcome, bits >> (outcome - 1) & 1 == 1)).collect();
            let held = |place: usize| verdicts[place].1;
            let expected = (0..8).filter(|&place| held(place) && (place == 0 || !held(place - 1))).count();
            assert_eq!(crossings(&verdicts), expected, "{verdicts:?}");
            for place in 0..7 {
                let mut late = verdicts.clone();
                late.swap(place, place + 1);
                assert_eq!(crossings(&late), expected, "{late:?}");
            }
        }
    }

    #[test]
    fn the_latest_outcome_says_whether_the_rule_holds() {
        let mut crossings = Crossings::default();
        assert_eq!((crossings.next(), crossings.next(), crossings.holds()), (1, 2, false));
        assert!(!crossings.note(2, false) && !crossings.holds());
        assert!(crossings.note(1, true) && !crossings.holds());
        assert!(crossings.note(3, true) && crossings.holds());
    }
}
