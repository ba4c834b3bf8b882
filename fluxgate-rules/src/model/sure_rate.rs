//! A share of calls exceeded beyond what chance explains.

use core::fmt;

use crate::model::logarithm::{ln, ln_factorial};
use crate::model::ratio::Ratio;

/// A share of failures, and the confidence required that more calls than that fail.
///
/// A rule is checked after each call, and an event with a chance of 5% per check happens sooner or later if checked
/// often enough. So this is not a test for one check, but a bound for all of them. H. Robbins (Statistical methods
/// related to the law of the iterated logarithm, Annals of Mathematical Statistics 41, 1970, pp. 1397-1409) proved: if
/// calls fail independently with probability `p`, then with probability at least `1 - e`, no number `n` of calls ever
/// has a number of failures whose exact probability is `e / (n + 1)` or less. The bound follows from a bet that spreads
/// its money evenly over all shares: its value, `1 / ((n + 1) P(f of n))`, is a martingale.
///
/// It is monotone: neither one more failure nor one success fewer ever makes it false.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SureRate {
    share: Ratio,
    sure: Ratio,
    /// 0 if there is no share.
    calls: u32,
}

/// Larger tallies are halved until they are below this. No breaker holds as many, but checks ask about endless calls.
const MOST_CALLS: u64 = 1 << 40;

/// This close to the bound, rounding may put the logarithm of a tie on either side.
const TIE: f64 = 1e-9;

impl SureRate {
    /// More than `share` of calls fail, with confidence `sure`.
    pub const fn new(share: Ratio, sure: Ratio) -> Self {
        let rate = Self { share, sure, calls: 0 };
        Self { calls: rate.least_calls(), ..rate }
    }

    /// A confidence in no share at all, for a checker to report.
    pub(crate) const fn without_share(sure: Ratio) -> Self {
        Self { share: Ratio::NAN, sure, calls: 0 }
    }

    /// The same share with another confidence.
    pub(crate) const fn with_confidence(self, sure: Ratio) -> Self {
        if self.calls == 0 { Self::without_share(sure) } else { Self::new(self.share, sure) }
    }

    /// The share that has to be exceeded.
    pub const fn share(self) -> Ratio {
        self.share
    }

    /// The required confidence.
    pub const fn sure(self) -> Ratio {
        self.sure
    }

    /// The fewest calls with which it can hold, all of them failed; capped at `u32::MAX`.
    pub const fn calls(self) -> u32 {
        self.calls
    }

    /// Whether both shares are valid.
    pub const fn is_valid(self) -> bool {
        self.share.is_exceedable() && self.sure.is_confidence()
    }

    /// Whether this many failures in this many calls are enough.
    pub const fn is_exceeded_by(self, failures: u64, calls: u64) -> bool {
        // Some worst-case tallies have more failures than calls; the failures count then.
        let successes = calls.saturating_sub(failures);
        if self.share.is_reached_by(failures, failures.saturating_add(successes)) {
            self.is_beyond_chance(failures, successes)
        } else {
            false
        }
    }

    /// The fewest failures in this many calls that are enough; more than `calls` if even all of them are not.
    pub const fn least_failures(self, calls: u32) -> u32 {
        let (mut low, mut high) = (self.share.least_part(calls as u64), calls as u64 + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.is_exceeded_by(middle, calls as u64) { high = middle } else { low = middle + 1 }
        }
        if high > u32::MAX as u64 { u32::MAX } else { high as u32 }
    }

    const fn least_calls(self) -> u32 {
        let (mut low, mut high) = (1, u32::MAX);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.is_exceeded_by(middle as u64, middle as u64) { high = middle } else { low = middle + 1 }
        }
        high
    }

    /// Whether the failures, which are at least the share, reach the bound.
    const fn is_beyond_chance(self, mut failures: u64, mut successes: u64) -> bool {
        let share = self.share.as_f64();
        if !self.is_valid() {
            return false;
        }
        while failures.saturating_add(successes) > MOST_CALLS {
            failures /= 2;
            successes /= 2;
        }
        let calls = failures + successes;
        let ways = ln_factorial(calls) - ln_factorial(failures) - ln_factorial(successes);
        let chance = ways + failures as f64 * ln(share) + successes as f64 * ln(1.0 - share);
        chance + ln(calls as f64 + 1.0) <= ln(1.0 - self.sure.as_f64()) + TIE
    }
}

/// As the arguments of a condition: `0.5, sure = 0.95`, or `sure = 0.95` without a share.
impl fmt::Display for SureRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.calls > 0 {
            write!(formatter, "{}, ", self.share)?;
        }
        write!(formatter, "sure = {}", self.sure)
    }
}

#[cfg(test)]
mod tests {
    use super::SureRate;
    use crate::model::ratio::Ratio;

    const SHARES: [f64; 9] = [0.001, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999];
    const LEVELS: [f64; 6] = [0.5, 0.8, 0.95, 0.99, 0.9999, 0.999_999_999];

    fn sure(share: f64, level: f64) -> SureRate {
        SureRate::new(Ratio::new(share), Ratio::new(level))
    }

    /// The bound in integers: `(n + 1) (n over f) a^f (b - a)^(n - f) c <= d b^n`, where the share is `a / b` and one
    /// minus the confidence is `d / c`.
    fn by_integers(failures: u32, calls: u32, (a, b): (u128, u128), (d, c): (u128, u128)) -> bool {
        let ways = (0..u128::from(failures)).fold(1, |ways, at| ways * (u128::from(calls) - at) / (at + 1));
        let exactly = ways * a.pow(failures) * (b - a).pow(calls - failures);
        let is_reached = u128::from(failures) * b >= u128::from(calls) * a;
        is_reached && u128::from(calls + 1) * exactly * c <= d * b.pow(calls)
    }

    #[test]
    fn small_tallies_agree_with_integer_arithmetic() {
        for share in [(1, 10), (1, 4), (1, 2), (3, 4), (9, 10)] {
            for rest in [(1, 2), (1, 5), (1, 20), (1, 100)] {
                let of = |(part, whole): (u128, u128)| part as f64 / whole as f64;
                let rate = sure(of(share), 1.0 - of(rest));
                for calls in 0..=30 {
                    for failures in 0..=calls {
                        assert_eq!(
                            rate.is_exceeded_by(u64::from(failures), u64::from(calls)),
                            by_integers(failures, calls, share, rest),
                            "{failures} of {calls}: {rate}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn worse_tallies_of_small_windows_never_make_it_false() {
        for share in SHARES {
            for level in LEVELS {
                let rate = sure(share, level);
                for calls in 0..=100 {
                    for failures in (0..=calls).filter(|failures| rate.is_exceeded_by(*failures, calls)) {
                        assert!(
                            rate.is_exceeded_by(failures + 1, calls + 1),
                            "{failures} of {calls}, one fails: {rate}"
                        );
                        assert!(
                            rate.is_exceeded_by(failures + 1, calls),
                            "{failures} of {calls}, more fail: {rate}"
                        );
                        let is_last = failures == calls;
                        assert!(
                            is_last || rate.is_exceeded_by(failures, calls - 1),
                            "{failures} of {calls}: {rate}"
                        );
                        // As the best and worst cases of unknown calls ask.
                        assert!(
                            rate.is_exceeded_by(failures + 7, calls),
                            "{failures} of {calls}, 7 fail: {rate}"
                        );
                    }
                }
            }
        }
    }

    /// All tallies of large windows; each probability is computed from the previous one.
    #[test]
    fn big_tallies_agree_with_a_sum_of_logarithms() {
        for (share, level) in [(0.05_f64, 0.95), (0.3, 0.999), (0.5, 0.95), (0.5, 0.5), (0.9, 0.99)] {
            let rate = sure(share, level);
            for calls in [1_000_u64, 9_999, 100_000] {
                let mut chance = calls as f64 * (1.0 - share).ln();
                let mut least = calls + 1;
                for failures in 0..=calls {
                    let bound = chance + ((calls + 1) as f64).ln() - (1.0 - level).ln();
                    let is_reached = failures as f64 >= share * calls as f64;
                    if bound.abs() > 1e-5 {
                        let found = rate.is_exceeded_by(failures, calls);
                        assert_eq!(
                            found,
                            is_reached && bound < 0.0,
                            "{failures} of {calls}: {rate}, {bound}"
                        );
                        least = if found { least.min(failures) } else { calls + 1 };
                    }
                    chance +=
                        ((calls - failures) as f64 / (failures + 1) as f64 * share / (1.0 - share)).ln();
                }
                assert_eq!(u64::from(rate.least_failures(calls as u32)), least, "{calls}: {rate}");
            }
        }
    }

    #[test]
    fn calls_is_the_shortest_run_of_failures_that_is_enough() {
        for (share, level, calls) in
            [(0.5, 0.95, 8), (0.5, 0.99, 11), (0.2, 0.95, 3), (0.05, 0.95, 2), (0.9, 0.95, 69)]
        {
            let rate = sure(share, level);
            assert_eq!(rate.calls(), calls, "{rate}");
            let calls = u64::from(calls);
            assert!(
                rate.is_exceeded_by(calls, calls) && !rate.is_exceeded_by(calls - 1, calls - 1),
                "{rate}"
            );
        }
    }

    /// The chance that it ever holds while a window fills, although no more than the share fails: over all tallies,
    /// with their probabilities.
    #[test]
    fn repeated_checks_keep_the_stated_confidence() {
        for share in SHARES {
            for level in LEVELS {
                let rate = sure(share, level);
                // By the number of failures: the probability of the plays in which it has not held so far.
                let (mut plays, mut held) = (vec![1.0], 0.0);
                for calls in 1..=300 {
                    let mut next = vec![0.0; calls + 1];
                    for (failures, probability) in plays.iter().enumerate() {
                        next[failures] += probability * (1.0 - share);
                        next[failures + 1] += probability * share;
                    }
                    for (failures, probability) in next.iter_mut().enumerate() {
                        if rate.is_exceeded_by(failures as u64, calls as u64) {
                            held += *probability;
                            *probability = 0.0;
                        }
                    }
                    plays = next;
                }
                assert!(held <= (1.0 - level) * (1.0 + 1e-6), "{rate}: {held}");
            }
        }
    }

    #[test]
    fn endless_calls_are_judged_too() {
        const HALF: Ratio = Ratio::from_parts_per_billion(500_000_000);
        const LEVEL: Ratio = Ratio::from_parts_per_billion(950_000_000);
        const {
            assert!(SureRate::new(HALF, LEVEL).is_exceeded_by(8, 8));
            assert!(!SureRate::new(Ratio::ONE, LEVEL).is_exceeded_by(u64::MAX, u64::MAX));
        }
        for share in SHARES {
            for level in LEVELS {
                let rate = sure(share, level);
                assert!(
                    rate.is_exceeded_by(u64::MAX, u64::MAX) && !rate.is_exceeded_by(0, u64::MAX),
                    "{rate}"
                );
                assert!(!rate.is_exceeded_by(0, 0), "{rate}");
            }
        }
        assert_eq!(sure(0.999_999_999, 0.95).calls(), u32::MAX);
    }

    #[test]
    fn invalid_shares_are_never_exceeded() {
        for (share, level) in [
            (f64::NAN, 0.95),
            (-0.5, 0.95),
            (0.0, 0.95),
            (1.0, 0.95),
            (1.5, 0.95),
            (0.5, 0.4),
            (0.5, 1.0),
            (0.5, f64::NAN),
        ] {
            let rate = sure(share, level);
            assert!(!rate.is_valid() && !rate.is_exceeded_by(100, 100), "{rate}");
        }
    }
}
