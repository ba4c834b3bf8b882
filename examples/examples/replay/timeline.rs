//! What happened when, in as many bins as a line has columns, however long the log.

use crate::moment::Moment;

/// The most bins; beyond that, every two are merged.
const MOST_BINS: usize = 1_024;

/// What happened in one stretch of time. Refused calls are counted for each rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bin {
    pub calls: u64,
    pub failures: u64,
    pub refused: Vec<u64>,
    /// For each rule, whether a breaker was not closed.
    pub open: Vec<bool>,
}

/// The bins of a log.
pub struct Timeline {
    start: Moment,
    /// How long a bin is, in nanoseconds.
    width: u64,
    bins: Vec<Bin>,
    rules: usize,
}

impl Timeline {
    pub fn new(start: Moment, rules: usize) -> Self {
        Self { start, width: 1_000_000_000, bins: Vec::new(), rules }
    }

    /// The bin of a moment; the first bin if it is before the start.
    pub fn at(&mut self, moment: Moment) -> &mut Bin {
        let mut place = moment.since(self.start) / self.width;
        while place >= MOST_BINS as u64 {
            self.bins = merged(&self.bins, self.bins.len().div_ceil(2));
            self.width *= 2;
            place = moment.since(self.start) / self.width;
        }
        let place = place as usize;
        if place >= self.bins.len() {
            self.bins.resize(place + 1, self.empty());
        }
        &mut self.bins[place]
    }

    /// The same in at most this many bins.
    pub fn in_bins(&self, most: usize) -> Vec<Bin> {
        merged(&self.bins, most.min(self.bins.len()))
    }

    fn empty(&self) -> Bin {
        Bin { calls: 0, failures: 0, refused: vec![0; self.rules], open: vec![false; self.rules] }
    }
}

/// The bins, merged into this many.
fn merged(bins: &[Bin], count: usize) -> Vec<Bin> {
    let mut joined: Vec<Bin> = Vec::with_capacity(count);
    let mut last = None;
    for (at, bin) in bins.iter().enumerate() {
        let place = at * count / bins.len();
        match joined.last_mut().filter(|_| last == Some(place)) {
            Some(sum) => sum.add(bin),
            None => joined.push(bin.clone()),
        }
        last = Some(place);
    }
    joined
}

impl Bin {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.failures += other.failures;
        self.refused.iter_mut().zip(&other.refused).for_each(|(sum, more)| *sum += more);
        self.open.iter_mut().zip(&other.open).for_each(|(any, open)| *any |= open);
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_BINS, Timeline};
    use crate::moment::Moment;

    #[test]
    fn no_call_is_lost_however_long_the_log() {
        let mut timeline = Timeline::new(Moment(7), 2);
        for second in 0..10_000 {
            let bin = timeline.at(Moment(7 + second * 1_000_000_000));
            bin.calls += 1;
            bin.refused[1] += second % 2;
            assert!(timeline.bins.len() <= MOST_BINS);
        }
        for most in [1, 7, 70, 100_000] {
            let bins = timeline.in_bins(most);
            assert!(bins.len() <= most);
            let sum = |of: fn(&super::Bin) -> u64| bins.iter().map(of).sum::<u64>();
            assert_eq!((sum(|bin| bin.calls), sum(|bin| bin.refused[1])), (10_000, 5_000));
        }
    }
}
