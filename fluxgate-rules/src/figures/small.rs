//! The chance that a rule trips on a small window, full and sliding: exact, by enumerating every possible content of
//! the window.

use crate::figures::binomial;
use crate::figures::thresholds::Thresholds;

/// The most calls whose outcomes are enumerated.
pub(crate) const LARGEST: u64 = 10;

/// How many windows of calls are played. After that, the rate stays the same to within rounding.
const WINDOWS: u64 = 5;

/// Whether a window of this size is small enough for the rule.
pub(crate) fn is_small(thresholds: &Thresholds<'_>, size: u64) -> bool {
    remembered(thresholds, size) <= LARGEST
}

/// How many calls the rule looks at: those in the window, or those of a streak, which may be longer.
fn remembered(thresholds: &Thresholds<'_>, size: u64) -> u64 {
    size.max(u64::from(thresholds.longest_streak()))
}

/// By the number of calls, from 0 on: the chance that the rule has tripped; and the rate of each call after that.
pub(crate) fn small(thresholds: &Thresholds<'_>, size: u64, share: f64) -> (Vec<f64>, f64) {
    // The calls that the rule looks at are bits, the latest last: 1 is a failure.
    let remembered = remembered(thresholds, size);
    let mut plays = vec![1.0];
    let (mut chances, mut chance, mut rate) = (vec![0.0], 0.0, 0.0);
    let mut trips = Vec::new();
    for call in 1..=WINDOWS * remembered {
        if call <= remembered {
            let calls = call.min(size);
            trips = (0..1_usize << call)
                .map(|sequence| {
                    let in_window = sequence & ((1 << calls) - 1);
                    let failures = u64::from(in_window.count_ones());
                    thresholds.trip(calls, failures, sequence.trailing_ones())
                })
                .collect();
        }
        let mut next = vec![0.0; trips.len()];
        let mut tripped = 0.0;
        for (sequence, probability) in plays.iter().enumerate() {
            for (failed, of_call) in [(0, 1.0 - share), (1, share)] {
                let longer = (sequence << 1 | failed) & (trips.len() - 1);
                let goal = if trips[longer] { &mut tripped } else { &mut next[longer] };
                *goal += probability * of_call;
            }
        }
        rate = binomial::rate(tripped / (1.0 - chance));
        chance = f64::min(chance + tripped, 1.0);
        chances.push(chance);
        plays = next;
        if 1.0 - chance < 1e-15 {
            break;
        }
    }
    (chances, rate)
}
