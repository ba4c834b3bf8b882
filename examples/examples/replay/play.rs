//! A log against a rule: the real breaker, on a clock that follows the log.

use std::collections::HashMap;
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{Builder, CircuitBreaker, Outcome, State};

use crate::moment::Moment;
use crate::record::Record;

/// The most breakers, to bound memory; further keys share one.
const MOST_KEYS: usize = 10_000;

/// How many episodes are reported one by one.
const MOST_EPISODES: usize = 8;

/// After this many good calls in a row, the next failure starts new trouble.
const CALM: u32 = 20;

/// A rule, and what its breakers would have done.
pub struct Play {
    /// The rule, as it was written.
    pub rule: String,
    build: Box<dyn Fn() -> Builder>,
    clock: ManualClock,
    now: Moment,
    places: HashMap<Box<[u8]>, usize>,
    breakers: Vec<Watched>,
    pub sums: Sums,
    /// The first episodes.
    pub episodes: Vec<Episode>,
}

/// What would have happened.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Sums {
    pub opened: u64,
    pub closed: u64,
    pub reopened: u64,
    pub refused: u64,
    /// Those of them that succeeded in the log.
    pub refused_good: u64,
    /// Failed calls that were not refused.
    pub failures: u64,
    /// The sum of the times from the first failure of some trouble until a breaker opened, in nanoseconds.
    pub trouble: u64,
}

/// A time during which a breaker is not closed.
pub struct Episode {
    pub key: Box<[u8]>,
    pub from: Moment,
    pub to: Option<Moment>,
    pub refused: u64,
}

/// A watched breaker.
struct Watched {
    breaker: CircuitBreaker,
    key: Box<[u8]>,
    state: State,
    /// When the current trouble began, and how many good calls in a row have followed.
    trouble: Option<Moment>,
    good: u32,
    /// The index of the current episode, if it is reported.
    episode: Option<usize>,
}

impl Play {
    /// Plays from this moment on.
    pub fn new(rule: String, build: impl Fn() -> Builder + 'static, start: Moment) -> Self {
        Self {
            rule,
            build: Box::new(build),
            clock: ManualClock::new(),
            now: start,
            places: HashMap::new(),
            breakers: Vec::new(),
            sums: Sums::default(),
            episodes: Vec::new(),
        }
    }

    /// Makes the call of a line, which begins and ends at the line's time. Returns whether it was refused, and whether the breaker is closed
    /// afterwards.
    pub fn call(&mut self, record: &Record<'_>, key: &[u8]) -> (bool, bool) {
        let passed = record.at.since(self.now);
        if passed > 0 {
            self.clock.advance(Duration::from_nanos(passed));
            self.now = record.at;
        }
        let place = self.place(key);
        let Watched { breaker, .. } = &self.breakers[place];
        // The outcome is recorded separately, with the duration from the log.
        let is_refused = breaker.acquire().map(fluxgate::Call::ignore).is_err();
        if is_refused {
            self.sums.refused += 1;
            self.sums.refused_good += u64::from(!record.failed);
        } else {
            let outcome = if record.failed { Outcome::Failure } else { Outcome::Success };
            breaker.record(outcome, record.duration);
            self.sums.failures += u64::from(record.failed);
        }
        let state = breaker.state();
        self.watch(place, state, record.failed, is_refused);
        (is_refused, state == State::Closed)
    }

    fn watch(&mut self, place: usize, state: State, failed: bool, is_refused: bool) {
        let (now, sums) = (self.now, &mut self.sums);
        let watched = &mut self.breakers[place];
        if failed {
            watched.trouble.get_or_insert(now);
            watched.good = 0;
        } else if watched.trouble.is_some() {
            watched.good += 1;
            if watched.good >= CALM {
                watched.trouble = None;
            }
        }
        if let Some(episode) = watched.episode.filter(|_| is_refused) {
            self.episodes[episode].refused += 1;
        }
        match (watched.state, state) {
            (State::Closed, State::Open) => {
                sums.opened += 1;
                sums.trouble += watched.trouble.map_or(0, |began| now.since(began));
                if self.episodes.len() < MOST_EPISODES {
                    watched.episode = Some(self.episodes.len());
                    let key = watched.key.clone();
                    self.episodes.push(Episode { key, from: now, to: None, refused: 0 });
                }
            }
            (State::HalfOpen, State::Open) => sums.reopened += 1,
            // A trial of one call ends with it.
            (State::Open | State::HalfOpen, State::Closed) => {
                sums.closed += 1;
                watched.trouble = None;
                if let Some(episode) = watched.episode.take() {
                    self.episodes[episode].to = Some(now);
                }
            }
            _ => {}
        }
        watched.state = state;
    }

    /// The index of the breaker for a key.
    fn place(&mut self, key: &[u8]) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let key = if self.places.len() < MOST_KEYS { key } else { b"(others)" };
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = self.breakers.len();
        let breaker = (self.build)().clock(self.clock.clone()).build().expect("it was checked before");
        self.places.insert(key.into(), place);
        self.breakers.push(Watched {
            breaker,
            key: key.into(),
            state: State::Closed,
            trouble: None,
            good: 0,
            episode: None,
        });
        place
    }

    /// How many breakers there are.
    pub fn breakers(&self) -> usize {
        self.breakers.len()
    }
}
