//! What pages show: every row, its history, and changes.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use fluxgate::{Event, Reason, Snapshot, State, Totals};
use serde::Serialize;

use crate::access::Access;
use crate::history::{Bucket, History};
use crate::row::{Row, Times, View};
use crate::stream::{Clients, EventStream, event};

/// How many transitions to remember.
const TRANSITIONS: usize = 100;

/// Everything that pages show.
#[derive(Debug)]
pub(crate) struct Board {
    began: Instant,
    /// How long after `began` the breakers were last sampled.
    now: Duration,
    entries: BTreeMap<String, BoardEntry>,
    /// The current second.
    second: u64,
    transitions: VecDeque<Heard>,
    pub(crate) clients: Clients,
}

#[derive(Debug)]
struct BoardEntry {
    /// The current data.
    row: Row,
    /// The times last sent to pages, which count on from them, and when they were sent.
    sent: (Times, Duration),
    /// The outcomes of the current second.
    bucket: Bucket,
    history: History,
}

/// A received transition.
#[derive(Clone, Serialize, Debug)]
struct Heard {
    breaker: String,
    from: State,
    to: State,
    /// Whether the rule held: within a state, the breaker would have opened.
    tripped: bool,
    reason: String,
    time: f64,
}

/// The first message to a page. `time` is the board's: from it, a page that slept or receives messages late learns their moment.
#[derive(Serialize)]
struct Everything<'a> {
    access: &'static str,
    time: f64,
    second: u64,
    breakers: Vec<View<'a>>,
    transitions: &'a VecDeque<Heard>,
}

/// The changes since the last message. The buckets belong to the second before `second`.
#[derive(Serialize, Default)]
struct Update<'a> {
    time: f64,
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

/// Why the breakers were sampled.
#[derive(Clone, Copy)]
pub(crate) enum Trigger {
    /// Some of them had events.
    Events,
    /// All of them, for a new page.
    Look,
    /// All of them, because a second is over; this many have begun.
    Tick(u64),
}

impl Board {
    /// An empty board, whose time begins at `began`.
    pub(crate) fn new(began: Instant) -> Self {
        Self {
            began,
            now: Duration::ZERO,
            entries: BTreeMap::new(),
            second: 0,
            transitions: VecDeque::new(),
            clients: Clients::default(),
        }
    }

    /// Takes these snapshots, made at `now`, and sends the changes to all pages.
    pub(crate) fn update(
        &mut self,
        snapshots: Vec<Snapshot>,
        trigger: Trigger,
        events: Vec<Event>,
        now: Instant,
    ) {
        self.now = now.saturating_duration_since(self.began);
        let rows = Row::by_name(snapshots);
        let gone = if matches!(trigger, Trigger::Events) { Vec::new() } else { self.forget_others(&rows) };
        let changed = self.take(rows);
        let buckets = match trigger {
            Trigger::Tick(begun) => self.end_second(begun),
            Trigger::Events | Trigger::Look => BTreeMap::new(),
        };
        let transitions = self.hear(events);
        let is_news = !changed.is_empty() || !gone.is_empty() || !transitions.is_empty();
        // A tick is always sent: it shows that the program is alive, and reveals pages that are gone.
        if !self.clients.is_empty() && (is_news || matches!(trigger, Trigger::Tick(_))) {
            let breakers = changed.iter().map(|name| self.entries[name].row.view(None)).collect();
            let time = self.now.as_secs_f64();
            let update = Update { time, second: self.second, breakers, buckets, gone, transitions };
            self.clients.send(&event("change", &update));
        }
    }

    /// Forgets the entries that are not among these rows. Returns their names.
    fn forget_others(&mut self, rows: &BTreeMap<String, Row>) -> Vec<String> {
        let gone = self.entries.keys().filter(|name| !rows.contains_key(*name)).cloned().collect();
        self.entries.retain(|name, _| rows.contains_key(name));
        gone
    }

    /// Takes these rows. Returns the names of those that differ from what pages show.
    fn take(&mut self, rows: BTreeMap<String, Row>) -> Vec<String> {
        let now = self.now;
        let is_first = self.second == 0 && self.entries.is_empty();
        let mut changed = Vec::new();
        for (name, row) in rows {
            let (totals, times) = (row.snapshot.totals, row.times());
            match self.entries.get_mut(&name) {
                None => {
                    // Calls before the first sample have no known time; a breaker that appears later is new.
                    let before = if is_first { totals } else { Totals::default() };
                    let (bucket, history) = (Bucket::between(&before, &totals), History::default());
                    self.entries
                        .insert(name.clone(), BoardEntry { row, sent: (times, now), bucket, history });
                    changed.push(name);
                }
                Some(entry) => {
                    entry.bucket.add(Bucket::between(&entry.row.snapshot.totals, &totals));
                    let (sent, at) = &entry.sent;
                    let counted = sent.after(now.saturating_sub(*at));
                    if !entry.row.is_like(&row) || !counted.are_near(&times) {
                        entry.sent = (times, now);
                        changed.push(name);
                    }
                    // A page that opens later gets the current times.
                    entry.row = row;
                }
            }
        }
        changed
    }

    /// Begins this second. Returns the outcomes since the last one began, which belong to the second before.
    fn end_second(&mut self, begun: u64) -> BTreeMap<String, Bucket> {
        self.second = begun.max(self.second + 1);
        let mut buckets = BTreeMap::new();
        for (name, entry) in &mut self.entries {
            let bucket = std::mem::take(&mut entry.bucket);
            entry.history.end(self.second - 1, bucket);
            if bucket != Bucket::default() {
                buckets.insert(name.clone(), bucket);
            }
        }
        buckets
    }

    fn hear(&mut self, events: Vec<Event>) -> Vec<Heard> {
        let time = self.now.as_secs_f64();
        let heard: Vec<_> = events.into_iter().filter_map(|event| heard(event, time)).collect();
        self.transitions.extend(heard.iter().cloned());
        self.transitions.drain(..self.transitions.len().saturating_sub(TRANSITIONS));
        heard
    }

    /// Opens a stream for another page, starting with everything; `None` if there are too many. Call it after a [`Trigger::Look`], so that
    /// times are current.
    pub(crate) fn join(&mut self, access: Access) -> Option<EventStream> {
        let first = self.everything(access);
        self.clients.join(first)
    }

    fn everything(&self, access: Access) -> Bytes {
        let access = if access == Access::Control { "control" } else { "read_only" };
        let breakers = self.entries.values().map(|entry| entry.row.view(Some(&entry.history))).collect();
        let (time, second) = (self.now.as_secs_f64(), self.second);
        let everything = Everything { access, time, second, breakers, transitions: &self.transitions };
        event("everything", &everything)
    }

    pub(crate) fn history(&self, name: &str) -> Option<&History> {
        self.entries.get(name).map(|entry| &entry.history)
    }
}

fn heard(event: Event, time: f64) -> Option<Heard> {
    let Event::Transition(transition) = event else { return None };
    let (breaker, reason) = (transition.breaker.as_str().to_owned(), transition.reason.to_string());
    let tripped = matches!(transition.reason, Reason::Tripped(_));
    Some(Heard { breaker, from: transition.from, to: transition.to, tripped, reason, time })
}

#[cfg(test)]
mod tests {
    use super::{Access, Board, Row, Trigger};
    use fluxgate::testing::ManualClock;
    use fluxgate::{CircuitBreaker, permit};
    use serde_json::{Value, json};
    use std::time::{Duration, Instant};

    const HALF: Duration = Duration::from_millis(500);

    fn breaker(name: &str, clock: &ManualClock) -> CircuitBreaker {
        CircuitBreaker::builder(name.to_owned())
            .permit(permit::all())
            .clock(clock.clone())
            .build()
            .expect("valid")
    }

    /// The first message to a page.
    fn first_message(board: &Board) -> Value {
        let event = board.everything(Access::ReadOnly);
        let text = std::str::from_utf8(&event).expect("text");
        let (_, data) = text.split_once("data: ").expect("data");
        serde_json::from_str(data).expect("JSON")
    }

    #[test]
    fn a_page_that_opens_late_gets_current_times() {
        let (clock, start) = (ManualClock::new(), Instant::now());
        let breaker = breaker("board late", &clock);
        breaker.open_for(Duration::from_secs(30));
        let mut board = Board::new(start);
        let mut passed = 0;
        for (more, trigger, retry_after) in [
            (0, Trigger::Tick(1), 30.0),
            (22, Trigger::Tick(23), 8.0),
            (3, Trigger::Look, 5.0),
            (95, Trigger::Events, 0.0),
        ] {
            passed += more;
            clock.advance(Duration::from_secs(more));
            board.update(vec![breaker.snapshot()], trigger, Vec::new(), start + Duration::from_secs(passed));
            let row = &first_message(&board)["breakers"][0];
            assert_eq!((&row["since"], &row["retry_after"]), (&json!(passed as f64), &json!(retry_after)));
            assert_eq!(row["spent"]["open"], row["since"]);
        }
    }

    #[test]
    fn rows_are_sent_again_only_if_pages_cannot_extrapolate_them() {
        let (clock, start) = (ManualClock::new(), Instant::now());
        let breaker = breaker("board idle", &clock);
        breaker.open_for(Duration::from_secs(3));
        let mut board = Board::new(start);
        let mut halves = 0;
        // Whether the row is sent again after half a second, of which the breaker's clock advances by this much.
        let mut is_sent = |noticed| {
            halves += 1;
            clock.advance(noticed);
            let rows = Row::by_name([breaker.snapshot()]);
            board.now = halves * HALF;
            !board.take(rows).is_empty()
        };
        assert!(is_sent(HALF), "it is new");
        let sent: Vec<_> = (0..6).map(|_| is_sent(HALF)).collect();
        assert_eq!(sent, [false, false, false, false, true, false], "it is due, once");
        // Its clock stands still. Each sample is close to the previous one, but soon far from what pages have extrapolated.
        let sent: Vec<_> = (0..4).map(|_| is_sent(Duration::ZERO)).collect();
        assert_eq!(sent, [false, true, false, true]);
    }

    #[test]
    fn messages_carry_their_moment() {
        let (clock, start) = (ManualClock::new(), Instant::now());
        let breaker = breaker("board moments", &clock);
        let mut board = Board::new(start);
        let failed = |second| [second, 0, 1, 0, 0];
        for (trigger, halves, second, history) in [
            (Trigger::Tick(1), 0, 1, json!([])),
            (Trigger::Tick(2), 2, 2, json!([failed(1)])),
            (Trigger::Look, 3, 2, json!([failed(1)])),
            // Outcomes before the tick, and those of missed seconds, belong to the second that just ended.
            (Trigger::Tick(5), 8, 5, json!([failed(1), [4, 0, 2, 0, 0]])),
        ] {
            board.update(vec![breaker.snapshot()], trigger, Vec::new(), start + halves * HALF);
            breaker.call(|| Err::<(), _>("down")).unwrap_err();
            let everything = first_message(&board);
            assert_eq!(everything["time"], json!(f64::from(halves) / 2.0));
            assert_eq!(everything["second"], second);
            assert_eq!(everything["breakers"][0]["history"], history);
        }
    }

    /// Regression: a page looked for the reason among the last transitions of all breakers, and others pushed it out.
    #[test]
    fn a_reason_is_kept_however_many_transitions_of_others_follow() {
        let (clock, start) = (ManualClock::new(), Instant::now());
        let breakers = ["board hand", "board busy"].map(|name| breaker(name, &clock));
        let mut board = Board::new(start);
        let mut events = fluxgate::events();
        let mut update = |board: &mut Board| {
            let mut heard: Vec<_> = std::iter::from_fn(|| events.try_recv()).collect();
            heard.retain(|event| breakers.iter().any(|breaker| breaker.name() == event.breaker()));
            let snapshots = breakers.iter().map(CircuitBreaker::snapshot).collect();
            board.update(snapshots, Trigger::Tick(1), heard, start);
        };
        update(&mut board);
        breakers[0].open_for(Duration::from_secs(30));
        for _ in 0..100 {
            breakers[1].force_open();
            breakers[1].reset();
        }
        // A reset says that it is closed, and new settings would say nothing.
        breakers[1].reset();
        update(&mut board);
        let message = first_message(&board);
        let rows = message["breakers"].as_array().expect("a list");
        let row = |name| rows.iter().find(|row| row["name"] == name).expect("a row");
        assert_eq!(
            (&row("board hand")["state"], &row("board hand")["reason"]["message"]),
            (&json!("open"), &json!("opened by command"))
        );
        assert_eq!(
            (&row("board busy")["state"], &row("board busy")["reason"]["message"]),
            (&json!("closed"), &json!("reset by command"))
        );
        assert!(
            message["transitions"]
                .as_array()
                .expect("a list")
                .iter()
                .all(|heard| heard["breaker"] == "board busy")
        );
    }
}
