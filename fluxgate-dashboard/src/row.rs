//! The breakers of one name, as one.

use std::collections::BTreeMap;
use std::time::Duration;

use fluxgate::{Snapshot, Spent, State};
use serde::Serialize;

use crate::history::History;

/// The breakers of one name: that which is worst off, with the totals of all of them. A name is all that an operator has to go by.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) snapshot: Snapshot,
    /// How many breakers have the name.
    pub(crate) instances: usize,
}

impl Row {
    pub(crate) fn by_name(snapshots: impl IntoIterator<Item = Snapshot>) -> BTreeMap<String, Self> {
        let mut rows = BTreeMap::<String, Self>::new();
        for snapshot in snapshots {
            match rows.get_mut(&snapshot.name) {
                Some(row) => row.add(snapshot),
                None => _ = rows.insert(snapshot.name.clone(), Self { snapshot, instances: 1 }),
            }
        }
        rows
    }

    fn add(&mut self, mut other: Snapshot) {
        self.instances += 1;
        let rank = |snapshot: &Snapshot| (severity(snapshot.state), snapshot.metrics.failures());
        let sum = sum(&self.snapshot, &other);
        // Of equals always the same, or the page would flicker between them.
        if rank(&other) > rank(&self.snapshot) {
            std::mem::swap(&mut self.snapshot, &mut other);
        }
        self.snapshot.totals = sum;
    }

    /// What of it a page counts on by itself.
    pub(crate) fn times(&self) -> Times {
        Times { since: self.snapshot.since, retry_after: self.snapshot.retry_after }
    }

    /// Whether the two are the same, but for what changes by itself.
    pub(crate) fn is_like(&self, later: &Self) -> bool {
        self.instances == later.instances && timeless(&self.snapshot) == timeless(&later.snapshot)
    }

    pub(crate) fn view<'a>(&'a self, history: Option<&'a History>) -> View<'a> {
        View { snapshot: &self.snapshot, instances: self.instances, history }
    }
}

/// What a page counts on by itself: how long a breaker has been in its state, and how long until it tries again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    since: Duration,
    retry_after: Option<Duration>,
}

impl Times {
    /// What a page makes of them after so long.
    pub(crate) fn after(&self, elapsed: Duration) -> Self {
        let left = |retry_after: Duration| retry_after.saturating_sub(elapsed);
        Self { since: self.since + elapsed, retry_after: self.retry_after.map(left) }
    }

    /// Whether nobody who sees the one misses the other.
    pub(crate) fn are_near(&self, other: &Self) -> bool {
        let near = |one: Duration, other: Duration| one.abs_diff(other) < Duration::from_secs(1);
        let waits = match (self.retry_after, other.retry_after) {
            (Some(one), Some(other)) => near(one, other),
            (one, other) => one == other,
        };
        waits && near(self.since, other.since)
    }
}

/// The snapshot, without what changes by itself.
fn timeless(snapshot: &Snapshot) -> Snapshot {
    let mut timeless = snapshot.clone();
    timeless.since = Duration::ZERO;
    timeless.retry_after = None;
    timeless.spent = Spent::default();
    timeless
}

/// How much an operator wants to see a breaker in this state.
fn severity(state: State) -> u8 {
    match state {
        State::Open => 5,
        State::HalfOpen => 4,
        State::ForcedOpen => 3,
        State::Disabled => 2,
        State::MetricsOnly => 1,
        _ => 0,
    }
}

fn sum(one: &Snapshot, other: &Snapshot) -> fluxgate::Totals {
    let (mut totals, more) = (one.totals, other.totals);
    let add = |one: Option<u64>, other: Option<u64>| match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(0) + other.unwrap_or(0)),
    };
    totals.successes = add(totals.successes, more.successes);
    totals.ignored = add(totals.ignored, more.ignored);
    totals.failures += more.failures;
    totals.slow += more.slow;
    totals.refused += more.refused;
    totals.late += more.late;
    totals.cancelled += more.cancelled;
    totals.panicked += more.panicked;
    totals
}

/// A row in JSON: the fields of its snapshot, and more.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    #[serde(flatten)]
    snapshot: &'a Snapshot,
    instances: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'a History>,
}
