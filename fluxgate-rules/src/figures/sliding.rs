//! The chance that a rule trips while its full window slides over more and more calls.
//!
//! A full window trips when `k` of its `m` calls failed: the discrete scan statistic. J. I. Naus (Approximations for
//! distributions of scan statistics, Journal of the American Statistical Association 77, 1982, pp. 177-183) gives exact
//! formulas for the probabilities Q2 and Q3 that this has not happened within 2m and 3m calls, and the approximation Q2
//! (Q3/Q2)^(n/m - 2) for n. G. Haiman (Estimating the distribution of one-dimensional discrete scan statistics viewed
//! as extremes of 1-dependent stationary sequences, Journal of Statistical Planning and Inference 137, 2007, pp.
//! 821-828) bounds the error of such a product: relative to the chance per window, it is of the order of that chance.
//! Tests compare it with enumeration for small windows, where the rate is off by less than 1%.
//!
//! A streak of failures has its own, exact rate (W. Feller, An Introduction to Probability Theory and Its Applications,
//! volume 1, XIII.7). If either can trip, the rates add up: the same failures make both likelier, so surviving both is
//! at least as likely as if they were independent (T. E. Harris, 1960), and the sum can only be too large.

use crate::figures::binomial::{CERTAIN, above, at_least, below, probability, rate};
use crate::figures::thresholds::Thresholds;

/// The rates at which calls trip a full window: each call is survived with probability `exp(-rate)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    /// For the calls that replace the initial contents of the window.
    pub(crate) first: f64,
    /// For all later calls.
    pub(crate) rest: f64,
}

impl Rates {
    fn steady(rate: f64) -> Self {
        Self { first: rate, rest: rate }
    }
}

/// The rates for a full window of this size that has not tripped so far.
pub(crate) fn sliding(thresholds: &Thresholds<'_>, size: u64, share: f64) -> Rates {
    let mut sum = Rates::steady(0.0);
    let mut least_before = size + 1;
    let mut has_run = false;
    for streak in &thresholds.streaks {
        let least = thresholds.least(size, *streak, least_before);
        if least >= least_before || has_run {
            continue;
        }
        least_before = least;
        let rates = if *streak == 0 {
            scan(least, size, share)
        } else if least <= u64::from(*streak) {
            has_run = true;
            Rates::steady(run(*streak, share))
        } else {
            Rates::steady(run_among(*streak, least, size, share))
        };
        sum = Rates { first: sum.first + rates.first, rest: sum.rest + rates.rest };
    }
    Rates { first: sum.first.min(CERTAIN), rest: sum.rest.min(CERTAIN) }
}

/// The rates at which some `size` consecutive calls come to have `least` failures.
pub(crate) fn scan(least: u64, size: u64, share: f64) -> Rates {
    if least > size || share <= 0.0 {
        return Rates::steady(0.0);
    }
    if least <= 1 || share >= 1.0 {
        return Rates::steady(rate(if least == 0 { 1.0 } else { share }));
    }
    let at = probability(least, size, share);
    if at < 1e-290 {
        return Rates::steady(if least as f64 > size as f64 * share { 0.0 } else { CERTAIN });
    }
    // By the number of failures below `least`: its probability; that of as many or fewer; the running sum of those, and
    // of those again.
    let mut exactly: Vec<_> =
        below(least, size, share, at).skip(1).take_while(|it| *it > at * 1e-30).collect();
    exactly.reverse();
    let sums = |terms: &[f64]| -> Vec<f64> {
        let add = |sum: &mut f64, term: &f64| {
            *sum += term;
            Some(*sum)
        };
        terms.iter().scan(0.0, add).collect()
    };
    let at_most = sums(&exactly);
    let at_most_summed = sums(&at_most);
    let at_most_twice = sums(&at_most_summed);
    // The entry for `least - behind`; entries dropped above are negligible.
    let of = |terms: &[f64], behind: usize| terms.len().checked_sub(behind).map_or(0.0, |at| terms[at]);
    let tail: Vec<_> = above(least, size, share, at).take_while(|it| *it > at * 1e-30).collect();
    let beyond: f64 = tail.iter().sum();

    // Naus's A1 to A4. Each is small, so a small chance keeps its digits.
    let clumped = at * of(&at_most_summed, 2);
    let a1 = 2.0 * clumped * of(&at_most, 1);
    let a2 = at * at * of(&at_most_twice, 3);
    let (mut a3, mut a4) = (0.0, 0.0);
    for (more, far) in tail.iter().enumerate().skip(1).take_while(|(more, _)| (*more as u64) < least) {
        // `least + more` of one window, and `least - more` of another.
        a3 += far * of(&at_most, more + 1).powi(2);
        a4 += far * of(&exactly, more) * of(&at_most_summed, more + 2);
    }
    // The chances of tripping within one, two and three windows.
    let one = beyond;
    let two = 2.0 * beyond - beyond * beyond + clumped;
    let three = 3.0 * beyond - 3.0 * beyond * beyond + beyond.powi(3) + a1 - a2 - a3 + a4;
    let per_call = |before: f64, after: f64| {
        let left = 1.0 - after;
        if left < 1e-9 { CERTAIN } else { ((after - before).max(0.0) / left).ln_1p() / size as f64 }
    };
    let first = per_call(one, two);
    let rest = per_call(two, three);
    // If almost nothing is left, its rate drowns in rounding errors.
    Rates { first, rest: if rest < CERTAIN { rest } else { first } }
}

/// The rate at which `length` calls in a row come to fail. Feller's equation is x = 1 + (1 - p) p^n x^(n + 1), where
/// 1/x is the probability of surviving one more call. It is solved for d = 1 - 1/x, so that (1 - d)^n d = (1 - p) p^n;
/// the other solution, 1 - p, is spurious.
pub(crate) fn run(length: u32, share: f64) -> f64 {
    if share <= 0.0 || share >= 1.0 {
        return rate(if share <= 0.0 { 0.0 } else { 1.0 });
    }
    let n = f64::from(length);
    // The other solution is past the maximum, where the function falls.
    solution(n, (-share).ln_1p() + n * share.ln(), 1.0 - share > summit(n))
}

/// Where (1 - d)^n d has its maximum.
fn summit(n: f64) -> f64 {
    1.0 / (n + 1.0)
}

/// The rate d that solves (1 - d)^n d = exp(`wanted`), before the maximum of the function or past it.
fn solution(n: f64, wanted: f64, is_rising: bool) -> f64 {
    let logarithm = |d: f64| n * (-d).ln_1p() + d.ln();
    let (mut low, mut high) = if is_rising { (wanted.exp(), summit(n)) } else { (summit(n), 1.0) };
    for _ in 0..200 {
        let middle = if is_rising { (low * high).sqrt() } else { f64::midpoint(low, high) };
        if (logarithm(middle) < wanted) == is_rising {
            low = middle;
        } else {
            high = middle;
        }
    }
    rate(low)
}

/// An upper bound on the rate at which `streak` calls in a row fail with at least `least` failures in the window. With
/// some probability, both become true with a call, either the last of the streak, or the one that brings the window to
/// `least`. Such a streak begins after a success, so the calls before it had to be survived without it: the equation is
/// that for a streak alone.
fn run_among(streak: u32, least: u64, size: u64, share: f64) -> f64 {
    let length = u64::from(streak);
    let Some(others) = size.checked_sub(length + 1) else { return run(streak, share) };
    let begins = (1.0 - share) * share.powf(f64::from(streak));
    let of_streak = begins * at_least(least - length, others, share);
    let of_window = begins * share * probability(least - 1 - length, others, share);
    let n = f64::from(streak);
    // If nearly all calls fail, hardly any streak has to begin, and only the window is waited for.
    let is_rising = 1.0 - share > summit(n);
    let becomes_true = (of_streak + of_window).min(begins);
    let rate = if is_rising { solution(n, becomes_true.ln(), true) } else { CERTAIN };
    rate.min(scan(least, size, share).rest)
}

#[cfg(test)]
mod tests {
    use super::{run, scan};

    /// The rates per call after 2 and 3 windows, by enumerating all sequences.
    fn played(least: u32, size: u32, share: f64) -> (f64, f64) {
        let mask = (1_usize << size) - 1;
        let mut plays = vec![0.0; 1 << size];
        for (sequence, play) in plays.iter_mut().enumerate() {
            let failures = sequence.count_ones();
            if failures < least {
                *play =
                    share.powi(failures.cast_signed()) * (1.0 - share).powi((size - failures).cast_signed());
            }
        }
        let mut left = vec![plays.iter().sum::<f64>()];
        for _ in 0..2 * size {
            let mut next = vec![0.0; plays.len()];
            for (sequence, probability) in plays.iter().enumerate() {
                for (failed, of_call) in [(0, 1.0 - share), (1, share)] {
                    let longer = (sequence << 1 | failed) & mask;
                    if longer.count_ones() < least {
                        next[longer] += probability * of_call;
                    }
                }
            }
            plays = next;
            left.push(plays.iter().sum());
        }
        let rate = |from: u32, to: u32| (left[from as usize] / left[to as usize]).ln() / f64::from(size);
        (rate(0, size), rate(size, 2 * size))
    }

    #[test]
    fn the_formulas_of_naus_are_exact_for_two_and_three_windows() {
        for size in 2..=9_u32 {
            for least in size.div_ceil(3).max(2)..=size {
                for share in [0.02, 0.2, 0.35, 0.5] {
                    let (first, rest) = played(least, size, share);
                    let found = scan(u64::from(least), u64::from(size), share);
                    let text = format!("{least} of {size} at {share}: {first} {rest} {found:?}");
                    assert!((found.first - first).abs() < 1e-6 * first + 1e-13, "{text}");
                    assert!((found.rest - rest).abs() < 1e-4 * rest + 1e-13, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_streak_has_the_rate_of_its_markov_chain() {
        for length in [1_u32, 2, 5, 9] {
            for share in [0.01, 0.3, 0.5, 0.6667, 0.8333, 0.9, 0.99] {
                let mut streaks = vec![0.0; length as usize];
                streaks[0] = 1.0;
                let mut rate = 0.0;
                for _ in 0..2_000 {
                    let all: f64 = streaks.iter().sum();
                    let tripped = streaks.pop().unwrap_or_default() * share;
                    for streak in &mut streaks {
                        *streak *= share;
                    }
                    streaks.insert(0, all * (1.0 - share));
                    rate = -(-tripped / all).ln_1p();
                    let left: f64 = streaks.iter().sum();
                    for streak in &mut streaks {
                        *streak /= left;
                    }
                }
                let found = run(length, share);
                assert!((found - rate).abs() < rate * 2e-3, "{length} at {share}: {found} {rate}");
            }
        }
    }
}
