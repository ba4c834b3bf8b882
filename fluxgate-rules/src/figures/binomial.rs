//! The binomial distribution: the number of failures among independent calls.

use crate::model::logarithm::ln_factorial;

/// The probability of exactly this many failures among `calls` calls.
pub(crate) fn probability(failures: u64, calls: u64, share: f64) -> f64 {
    if failures > calls {
        return 0.0;
    }
    if share <= 0.0 || share >= 1.0 {
        let certain = if share <= 0.0 { 0 } else { calls };
        return f64::from(u8::from(failures == certain));
    }
    let ways = ln_factorial(calls) - ln_factorial(failures) - ln_factorial(calls - failures);
    (ways + failures as f64 * share.ln() + (calls - failures) as f64 * (-share).ln_1p()).exp()
}

/// The probabilities of consecutive numbers of failures, starting at `first`. The tails left out add up to less than
/// about 1e-24.
pub(crate) struct Distribution {
    pub(crate) first: u64,
    pub(crate) probabilities: Vec<f64>,
}

impl Distribution {
    /// For the number of failures among `calls` calls.
    pub(crate) fn of(calls: u64, share: f64) -> Self {
        const NEGLIGIBLE: f64 = 1e-28;
        let mode = ((calls as f64 + 1.0) * share).floor().min(calls as f64) as u64;
        let top = probability(mode, calls, share);
        let mut probabilities: Vec<_> =
            below(mode, calls, share, top).take_while(|probability| *probability > NEGLIGIBLE).collect();
        probabilities.reverse();
        let first = mode + 1 - probabilities.len() as u64;
        let rest = above(mode, calls, share, top).skip(1);
        probabilities.extend(rest.take_while(|probability| *probability > NEGLIGIBLE));
        Self { first, probabilities }
    }
}

/// The probabilities of `failures`, one fewer, and so on down to none. `probability` is the first of them.
pub(crate) fn below(failures: u64, calls: u64, share: f64, probability: f64) -> impl Iterator<Item = f64> {
    let odds = (1.0 - share) / share;
    core::iter::successors(Some((failures, probability)), move |&(failures, probability)| {
        let fewer = failures.checked_sub(1)?;
        Some((fewer, probability * odds * failures as f64 / (calls - fewer) as f64))
    })
    .map(|(_, probability)| probability)
}

/// The probabilities of `failures`, one more, and so on up to all calls. `probability` is the first of them.
pub(crate) fn above(failures: u64, calls: u64, share: f64, probability: f64) -> impl Iterator<Item = f64> {
    let odds = share / (1.0 - share);
    core::iter::successors(Some((failures, probability)), move |&(failures, probability)| {
        let more = failures + 1;
        (more <= calls).then(|| (more, probability * odds * (calls - failures) as f64 / more as f64))
    })
    .map(|(_, probability)| probability)
}

/// The probability of at least this many failures among `calls` calls.
pub(crate) fn at_least(failures: u64, calls: u64, share: f64) -> f64 {
    if failures == 0 {
        return 1.0;
    }
    if failures > calls || share <= 0.0 {
        return 0.0;
    }
    if share >= 1.0 {
        return 1.0;
    }
    // Sums the smaller tail, starting with its largest term.
    let is_upper = failures as f64 > calls as f64 * share;
    let start = if is_upper { failures } else { failures - 1 };
    let first = probability(start, calls, share);
    let mut sum = 0.0;
    let mut add = |term: f64| {
        sum += term;
        term > sum * 1e-17
    };
    if is_upper {
        above(start, calls, share, first).take_while(|term| add(*term)).for_each(drop);
        sum.min(1.0)
    } else {
        below(start, calls, share, first).take_while(|term| add(*term)).for_each(drop);
        (1.0 - sum).max(0.0)
    }
}

/// The rate of an event that the next call is certain to cause.
pub(crate) const CERTAIN: f64 = 100.0;

/// The rate of an event with this chance per call: the event fails to happen with probability `exp(-rate)`. This keeps
/// the digits of small chances.
pub(crate) fn rate(chance: f64) -> f64 {
    (-(-chance).ln_1p()).min(CERTAIN)
}

/// How surprising it is, per call, that a share of `seen` fails instead of `share`: the Kullback-Leibler divergence.
pub(crate) fn surprise(seen: f64, share: f64) -> f64 {
    let term = |seen: f64, share: f64| if seen > 0.0 { seen * (seen / share).ln() } else { 0.0 };
    term(seen, share) + term(1.0 - seen, 1.0 - share)
}

#[cfg(test)]
mod tests {
    use super::{Distribution, at_least, probability, surprise};

    #[test]
    fn probabilities_match_pascals_triangle() {
        for share in [0.001_f64, 0.05, 0.5, 0.97] {
            let mut row = vec![1.0];
            for calls in 0..=60_u64 {
                let mut sum = 0.0;
                for failures in (0..=calls).rev() {
                    let exact: f64 = row[failures as usize];
                    sum += exact;
                    let close =
                        |found: f64, expected: f64| (found - expected).abs() <= expected * 1e-11 + 1e-300;
                    assert!(
                        close(probability(failures, calls, share), exact),
                        "{failures} of {calls} at {share}"
                    );
                    assert!(
                        (at_least(failures, calls, share) - sum).abs() < sum * 1e-11,
                        "{failures} of {calls}"
                    );
                }
                let mut next = vec![0.0; row.len() + 1];
                for (failures, probability) in row.iter().enumerate() {
                    next[failures] += probability * (1.0 - share);
                    next[failures + 1] += probability * share;
                }
                row = next;
            }
        }
    }

    #[test]
    fn a_distribution_adds_up() {
        for (calls, share) in [(0, 0.3), (1, 0.3), (10, 0.999), (1_000_000, 0.5), (1_000_000, 1e-9), (7, 1.0)]
        {
            let all = Distribution::of(calls, share);
            let sum: f64 = all.probabilities.iter().sum();
            assert!((sum - 1.0).abs() < 1e-8, "{calls} at {share}: {sum}");
            assert!(all.first + all.probabilities.len() as u64 <= calls + 1);
        }
    }

    #[test]
    fn certain_shares_are_certain() {
        for (share, expected) in [(0.0, 0.0), (1.0, 1.0)] {
            let found: [f64; 2] = [probability(3, 3, share), at_least(1, 3, share)];
            assert!(found.iter().all(|found| (found - expected).abs() < 1e-15), "{found:?}");
        }
        assert!(surprise(0.5, 0.5).abs() < 1e-15);
        assert!((surprise(1.0, 0.5) - 2_f64.ln()).abs() < 1e-15);
    }
}
