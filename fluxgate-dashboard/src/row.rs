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

    /// Whether a page that has shown this for so long, and counted the time, shows `later`.
    pub(crate) fn still_shows(&self, later: &Self, elapsed: Duration) -> bool {
        let near = |expected: Duration, found: Duration| expected.abs_diff(found) < Duration::from_secs(1);
        let (shown, now) = (&self.snapshot, &later.snapshot);
        let waits = match (shown.retry_after, now.retry_after) {
            (Some(then), Some(now)) => near(then.saturating_sub(elapsed), now),
            (then, now) => then == now,
        };
        self.instances == later.instances
            && waits
            && near(shown.since + elapsed, now.since)
            && timeless(shown) == timeless(now)
    }

    pub(crate) fn view<'a>(&'a self, history: Option<&'a History>) -> View<'a> {
        View { snapshot: &self.snapshot, instances: self.instances, history }
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
