//! The breakers of one name as one row.

use std::collections::BTreeMap;
use std::time::Duration;

use fluxgate::{Snapshot, Spent, State};
use serde::Serialize;

use crate::history::History;

/// The breakers of one name: the one in the worst state, with the totals of all. Operators tell breakers apart only by name.
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
        // Among equals always the same one, or the page would flicker between them.
        if rank(&other) > rank(&self.snapshot) {
            std::mem::swap(&mut self.snapshot, &mut other);
        }
        self.snapshot.totals = sum;
    }

    /// The times that a page extrapolates.
    pub(crate) fn times(&self) -> Times {
        Times { since: self.snapshot.since, retry_after: self.snapshot.retry_after }
    }

    /// Whether the two are the same, except for times.
    pub(crate) fn is_like(&self, later: &Self) -> bool {
        self.instances == later.instances && timeless(&self.snapshot) == timeless(&later.snapshot)
    }

    pub(crate) fn view<'a>(&'a self, history: Option<&'a History>) -> View<'a> {
        View { snapshot: &self.snapshot, instances: self.instances, history }
    }
}

/// The times that a page extrapolates: how long a breaker has been in its state, and how long until it retries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    since: Duration,
    retry_after: Option<Duration>,
}

impl Times {
    /// What a page has extrapolated after this time.
    pub(crate) fn after(&self, elapsed: Duration) -> Self {
        let left = |retry_after: Duration| retry_after.saturating_sub(elapsed);
        Self { since: self.since + elapsed, retry_after: self.retry_after.map(left) }
    }

    /// Whether the difference is too small to notice.
    pub(crate) fn are_near(&self, other: &Self) -> bool {
        let near = |one: Duration, other: Duration| one.abs_diff(other) < Duration::from_secs(1);
        let waits = match (self.retry_after, other.retry_after) {
            (Some(one), Some(other)) => near(one, other),
            (one, other) => one == other,
        };
        waits && near(self.since, other.since)
    }
}

/// The snapshot without times.
fn timeless(snapshot: &Snapshot) -> Snapshot {
    let mut timeless = snapshot.clone();
    timeless.since = Duration::ZERO;
    timeless.retry_after = None;
    timeless.spent = Spent::default();
    timeless
}

/// How urgent this state is to an operator.
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

/// A row in JSON: the fields of its snapshot and a few more.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    #[serde(flatten)]
    snapshot: &'a Snapshot,
    instances: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'a History>,
}
