//! What pages are shown: every row, its history, and what has changed.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use axum::body::Bytes;
use fluxgate::{Event, Snapshot, State, Totals};
use serde::Serialize;

use crate::access::Access;
use crate::history::{Bucket, History};
use crate::row::{Row, View};
use crate::stream::{Clients, EventStream, event};

/// How many transitions are remembered.
const TRANSITIONS: usize = 100;

/// Everything that pages are shown.
#[derive(Default, Debug)]
pub(crate) struct Board {
    entries: BTreeMap<String, Entry>,
    /// How many seconds have been sampled.
    second: u64,
    transitions: VecDeque<Heard>,
    pub(crate) clients: Clients,
}

#[derive(Debug)]
struct Entry {
    /// As it was last shown.
    shown: Row,
    /// When that was.
    at: Instant,
    totals: Totals,
    /// The second that is not over yet.
    bucket: Bucket,
    history: History,
}

/// A transition that was heard of.
#[derive(Clone, Serialize, Debug)]
struct Heard {
    breaker: String,
    from: State,
    to: State,
    reason: String,
    second: u64,
}

/// All of it.
#[derive(Serialize)]
struct Everything<'a> {
    access: &'static str,
    second: u64,
    breakers: Vec<View<'a>>,
    transitions: &'a VecDeque<Heard>,
}

/// What has changed since the last message.
#[derive(Serialize, Default)]
struct Change<'a> {
    second: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breakers: Vec<View<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    buckets: BTreeMap<String, Bucket>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transitions: Vec<Heard>,
}

/// What the breakers were asked for.
#[derive(Clone, Copy)]
pub(crate) enum Occasion {
    /// Something happened to some of them.
    Events,
    /// All of them, by somebody who wants to see them.
    Look,
    /// All of them, because a second is over; so many have begun.
    Tick(u64),
}

impl Board {
    /// Takes these snapshots, at `now`, and sends to all pages what has changed.
    pub(crate) fn update(
        &mut self,
        snapshots: Vec<Snapshot>,
        occasion: Occasion,
        events: Vec<Event>,
        now: Instant,
    ) {
        let rows = Row::by_name(snapshots);
        let gone = if matches!(occasion, Occasion::Events) { Vec::new() } else { self.forget_others(&rows) };
        let changed = self.take(rows, now);
        let buckets = if matches!(occasion, Occasion::Tick(_)) { self.end_second() } else { BTreeMap::new() };
        let transitions = self.hear(events);
        let is_news = !changed.is_empty() || !gone.is_empty() || !transitions.is_empty();
        // A tick is sent in any case: it says that the program is alive, and pages that are gone are noticed.
        if !self.clients.is_empty() && (is_news || matches!(occasion, Occasion::Tick(_))) {
            let breakers = changed.iter().map(|name| self.entries[name].shown.view(None)).collect();
            let change = Change { second: self.second, breakers, buckets, gone, transitions };
            self.clients.send(&event("change", &change));
        }
        if let Occasion::Tick(second) = occasion {
            self.second = second.max(self.second + 1);
        }
    }

    /// Forgets those that are not among these. Returns their names.
    fn forget_others(&mut self, rows: &BTreeMap<String, Row>) -> Vec<String> {
        let gone = self.entries.keys().filter(|name| !rows.contains_key(*name)).cloned().collect();
        self.entries.retain(|name, _| rows.contains_key(name));
        gone
    }

    /// Takes what these show. Returns the names of those that a page does not show like this.
    fn take(&mut self, rows: BTreeMap<String, Row>, now: Instant) -> Vec<String> {
        let is_first = self.second == 0 && self.entries.is_empty();
        let mut changed = Vec::new();
        for (name, row) in rows {
            let totals = row.snapshot.totals;
            match self.entries.get_mut(&name) {
                None => {
                    // What was before the first sample, was at no known time; a breaker that appears later is new.
                    let before = if is_first { totals } else { Totals::default() };
                    let (bucket, history) = (Bucket::between(&before, &totals), History::default());
                    self.entries.insert(name.clone(), Entry { shown: row, at: now, totals, bucket, history });
                    changed.push(name);
                }
                Some(entry) => {
                    entry.bucket.add(Bucket::between(&entry.totals, &totals));
                    entry.totals = totals;
                    if !entry.shown.still_shows(&row, now.saturating_duration_since(entry.at)) {
                        (entry.shown, entry.at) = (row, now);
                        changed.push(name);
                    }
                }
            }
        }
        changed
    }

    /// Ends the second: what has come since the last one belongs to it. Returns that.
    fn end_second(&mut self) -> BTreeMap<String, Bucket> {
        let mut buckets = BTreeMap::new();
        for (name, entry) in &mut self.entries {
            let bucket = std::mem::take(&mut entry.bucket);
            entry.history.end(self.second, bucket);
            if bucket != Bucket::default() {
                buckets.insert(name.clone(), bucket);
            }
        }
        buckets
    }

    fn hear(&mut self, events: Vec<Event>) -> Vec<Heard> {
        let heard: Vec<_> = events.into_iter().filter_map(|event| heard(event, self.second)).collect();
        self.transitions.extend(heard.iter().cloned());
        self.transitions.drain(..self.transitions.len().saturating_sub(TRANSITIONS));
        heard
    }

    /// Opens a stream for another page, with all there is; `None` if there are too many. To be called after an [`Occasion::Look`], so that
    /// times are of now.
    pub(crate) fn join(&mut self, access: Access) -> Option<EventStream> {
        let first = self.everything(access);
        self.clients.join(first)
    }

    fn everything(&self, access: Access) -> Bytes {
        let access = if access == Access::Control { "control" } else { "read_only" };
        let breakers = self.entries.values().map(|entry| entry.shown.view(Some(&entry.history))).collect();
        let everything = Everything { access, second: self.second, breakers, transitions: &self.transitions };
        event("everything", &everything)
    }

    pub(crate) fn history(&self, name: &str) -> Option<&History> {
        self.entries.get(name).map(|entry| &entry.history)
    }
}

fn heard(event: Event, second: u64) -> Option<Heard> {
    let Event::Transition(transition) = event else { return None };
    let (breaker, reason) = (transition.breaker.as_str().to_owned(), transition.reason.to_string());
    Some(Heard { breaker, from: transition.from, to: transition.to, reason, second })
}
