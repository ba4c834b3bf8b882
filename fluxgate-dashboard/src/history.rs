//! The outcomes of the last two minutes' calls, second by second.

use std::collections::VecDeque;

use fluxgate::Totals;
use serde::{Serialize, Serializer};

/// How many seconds to remember.
pub(crate) const SECONDS: u64 = 120;

/// The outcomes of one second. Slow calls are also successes or failures.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Bucket {
    pub(crate) successes: u64,
    pub(crate) failures: u64,
    pub(crate) slow: u64,
    pub(crate) refused: u64,
}

impl Bucket {
    /// The outcomes between two readings of the totals. If a total has decreased, one of several breakers of that name was dropped, and
    /// the outcomes in between are unknown.
    pub(crate) fn between(before: &Totals, after: &Totals) -> Self {
        Self {
            successes: after.successes.unwrap_or(0).saturating_sub(before.successes.unwrap_or(0)),
            failures: after.failures.saturating_sub(before.failures),
            slow: after.slow.saturating_sub(before.slow),
            refused: after.refused.saturating_sub(before.refused),
        }
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.successes += more.successes;
        self.failures += more.failures;
        self.slow += more.slow;
        self.refused += more.refused;
    }
}

/// As a plain list of numbers, to save space: there are many buckets.
impl Serialize for Bucket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.successes, self.failures, self.slow, self.refused].serialize(serializer)
    }
}

/// The non-empty buckets of the last two minutes, each with its second. At most one per second, so it is bounded.
#[derive(Default, Debug)]
pub(crate) struct History(VecDeque<(u64, Bucket)>);

impl History {
    /// Ends the second `second`.
    pub(crate) fn end(&mut self, second: u64, bucket: Bucket) {
        while self.0.front().is_some_and(|(oldest, _)| oldest + SECONDS <= second) {
            self.0.pop_front();
        }
        if bucket != Bucket::default() {
            self.0.push_back((second, bucket));
        }
    }
}

/// As a list of lists: the second, and the bucket's numbers.
impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = |(second, bucket): &(u64, Bucket)| {
            [*second, bucket.successes, bucket.failures, bucket.slow, bucket.refused]
        };
        serializer.collect_seq(self.0.iter().map(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, History, SECONDS};

    #[test]
    fn it_remembers_two_minutes() {
        let mut history = History::default();
        for second in 0..1_000 {
            let failures = u64::from(second % 2 == 0);
            history.end(second, Bucket { failures, ..Bucket::default() });
        }
        let seconds: Vec<_> = history.0.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds, (1_000 - SECONDS..1_000).step_by(2).collect::<Vec<_>>());
        history.end(2_000, Bucket::default());
        assert!(history.0.is_empty());
    }
}
