//! The chance that a rule trips while the window fills, or while its calls are replaced: exact, by dynamic programming,
//! call by call.

use crate::figures::binomial::{self, Distribution, surprise};
use crate::figures::thresholds::Thresholds;

pub(crate) struct Filling {
    /// By the number of calls, from 0 on: the chance that the rule has tripped.
    pub(crate) chances: Vec<f64>,
    /// From there until the window is full, the rate of each further call: survival has the probability `exp(-rate)`.
    pub(crate) rate: f64,
    /// Whether this is the full chance. If not, it is a lower bound.
    pub(crate) is_complete: bool,
}

/// When to stop.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// A chance above this is not computed any further.
    pub(crate) enough: f64,
    /// The most numbers to compute.
    pub(crate) cells: u64,
    /// Events less likely than `exp(-surprise)` may be left out if that ends the computation at once.
    pub(crate) surprise: f64,
}

impl Effort {
    /// For people, who can wait for a fraction of a second.
    pub(crate) const FULL: Self = Self { enough: 1.0 - 1e-15, cells: 5_000_000, surprise: 60.0 };
}

/// Probabilities below this are dropped.
const NEGLIGIBLE: f64 = 1e-25;

/// The possible numbers of failures after some calls, for a given final streak, with their probabilities.
struct DistributionRow {
    /// The lowest of these numbers.
    first: u64,
    probabilities: Vec<f64>,
}

impl DistributionRow {
    fn single(failures: usize, probability: f64) -> Self {
        Self { first: failures as u64, probabilities: vec![probability] }
    }

    fn sum(&self) -> f64 {
        self.probabilities.iter().sum()
    }

    /// Removes the part that trips, and returns its probability.
    fn trip(&mut self, least: u64) -> f64 {
        let kept = least.saturating_sub(self.first).min(self.probabilities.len() as u64) as usize;
        self.probabilities.drain(kept..).sum()
    }

    fn drop_negligible(&mut self) {
        while self.probabilities.last().is_some_and(|last| *last < NEGLIGIBLE) {
            self.probabilities.pop();
        }
        let few = self.probabilities.iter().take_while(|probability| **probability < NEGLIGIBLE).count();
        self.probabilities.drain(..few);
        self.first += few as u64;
    }
}

/// Plays up to `size` calls, each failing with probability `share`, against the rule. No call is forgotten.
pub(crate) fn filling(thresholds: &Thresholds<'_>, size: u64, share: f64, effort: Effort) -> Filling {
    let mut filling = Filling { chances: vec![0.0], rate: 0.0, is_complete: true };
    let Some(first) = thresholds.first(size) else { return filling };
    let mut play = Play::new(thresholds, share);
    if thresholds.streaks.len() == 1 {
        // Nothing can trip before, and streaks make no difference.
        let Distribution { first: fewest, probabilities } = Distribution::of(first - 1, share);
        play.rows = vec![DistributionRow { first: fewest, probabilities }];
        filling.chances.resize(first as usize, 0.0);
    }
    let settled = u64::from(thresholds.largest_min.max(thresholds.longest_streak())) + 8;
    let least_share = thresholds.least_share(size);
    let (mut chance, mut cells, mut steady, mut last_rate) = (0.0, 0, 0, 0.0);
    for calls in filling.chances.len() as u64..=size {
        let tripped = play.call(calls);
        // Relative to what is left, so that rounding errors do not accumulate.
        let rate = binomial::rate(tripped / (1.0 - chance));
        chance = f64::min(chance + tripped, 1.0);
        filling.chances.push(chance);
        if chance > effort.enough || 1.0 - chance < 1e-15 {
            break;
        }
        cells += play.cells();
        if cells > effort.cells {
            filling.is_complete = calls == size;
            break;
        }
        if play.counts_failures
            && share < least_share
            && surprise(least_share, share) * calls as f64 > effort.surprise
        {
            // The chance of ever reaching that many failures from here on is below exp(-surprise), by the maximal
            // inequality for the martingale exp(t F - n ln E exp(t X)), with F failures among n calls.
            if thresholds.streaks.len() == 1 {
                break;
            }
            play.forget_failures();
        }
        if !play.counts_failures && calls > settled {
            steady = if (rate - last_rate).abs() <= rate * 1e-13 { steady + 1 } else { 0 };
            last_rate = rate;
            if steady > 8 {
                filling.rate = rate;
                break;
            }
        }
    }
    filling
}

/// The chance that the rule trips within `size` calls, each failing with probability `share`, which replace the good
/// ones of a full window of this size. `None` if that takes too much effort.
pub(crate) fn replacing(thresholds: &Thresholds<'_>, size: u64, share: f64, effort: Effort) -> Option<f64> {
    let mut play = Play::new(thresholds, share);
    let (mut chance, mut cells) = (0.0, 0);
    for _ in 0..size {
        chance += play.call(size);
        cells += play.cells();
        if chance > effort.enough {
            break;
        }
        if cells > effort.cells {
            return None;
        }
    }
    Some(f64::min(chance, 1.0))
}

/// The state of all plays that have not tripped.
struct Play<'a> {
    thresholds: &'a Thresholds<'a>,
    share: f64,
    /// By the number of failures in a row; the last row is for the longest streak that makes a difference, and all
    /// longer ones.
    rows: Vec<DistributionRow>,
    /// Whether rows distinguish numbers of failures; otherwise, each has a single entry for all of them.
    counts_failures: bool,
    /// For each of the rule's streaks, the last known least number of failures that trips.
    least: Vec<u64>,
}

impl<'a> Play<'a> {
    fn new(thresholds: &'a Thresholds<'a>, share: f64) -> Self {
        Self {
            thresholds,
            share,
            rows: vec![DistributionRow::single(0, 1.0)],
            counts_failures: thresholds.count_failures(),
            least: vec![0; thresholds.streaks.len()],
        }
    }

    /// How many numbers a call changes, plus a fixed cost for each row.
    fn cells(&self) -> u64 {
        self.rows.iter().map(|row| 8 + row.probabilities.len() as u64).sum()
    }

    /// Plays a call, after which this many are in the window, and returns the probability that it trips.
    fn call(&mut self, calls: u64) -> f64 {
        let success = self.after_success();
        for row in &mut self.rows {
            row.first += 1;
            row.probabilities.iter_mut().for_each(|probability| *probability *= self.share);
        }
        if self.thresholds.streaks.len() == 1 {
            // One row for all streaks.
            let failure = self.rows.pop();
            self.rows = vec![merged([Some(success), failure].iter().flatten())];
        } else {
            self.rows.insert(0, success);
            let longest = self.thresholds.longest_streak() as usize;
            if self.rows.len() > longest + 1 {
                let longer = self.rows.split_off(longest);
                let row = if self.counts_failures {
                    merged(longer.iter())
                } else {
                    DistributionRow::single(longest, longer.iter().map(DistributionRow::sum).sum())
                };
                self.rows.push(row);
            }
        }
        self.trip(calls)
    }

    fn after_success(&self) -> DistributionRow {
        let mut success = if self.counts_failures {
            merged(self.rows.iter())
        } else {
            DistributionRow::single(0, self.rows.iter().map(DistributionRow::sum).sum())
        };
        success.probabilities.iter_mut().for_each(|probability| *probability *= 1.0 - self.share);
        success
    }

    fn trip(&mut self, calls: u64) -> f64 {
        for (least, streak) in self.least.iter_mut().zip(&self.thresholds.streaks) {
            *least = self.thresholds.least(calls, *streak, *least);
        }
        let mut tripped = 0.0;
        for (streak, row) in self.rows.iter_mut().enumerate() {
            tripped += row.trip(self.least[self.thresholds.level(streak as u64)]);
            row.drop_negligible();
        }
        let alive = self.rows.iter().rposition(|row| !row.probabilities.is_empty());
        self.rows.truncate(alive.map_or(1, |last| last + 1));
        tripped
    }

    /// Stops distinguishing numbers of failures. From now on, only a streak can trip.
    fn forget_failures(&mut self) {
        self.counts_failures = false;
        for (streak, row) in self.rows.iter_mut().enumerate() {
            *row = DistributionRow::single(streak, row.sum());
        }
    }
}

/// The sum of rows, aligned by their numbers of failures.
fn merged<'a>(rows: impl Iterator<Item = &'a DistributionRow> + Clone) -> DistributionRow {
    let rows = rows.filter(|row| !row.probabilities.is_empty());
    let end = |row: &DistributionRow| row.first + row.probabilities.len() as u64;
    let first = rows.clone().map(|row| row.first).min().unwrap_or(0);
    let length = rows.clone().map(end).max().unwrap_or(0).saturating_sub(first);
    let mut probabilities = vec![0.0; length as usize];
    for row in rows {
        let start = (row.first - first) as usize;
        for (sum, probability) in probabilities[start..].iter_mut().zip(&row.probabilities) {
            *sum += probability;
        }
    }
    DistributionRow { first, probabilities }
}
