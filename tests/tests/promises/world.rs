//! A service and its callers as discrete events: a call comes after each gap, and ends after its duration.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use fluxgate::{Outcome, State};
use fluxgate_tests::reference::{Ending, Event};

use crate::bounds::Bounds;
use crate::configuration::{Configuration, Death};
use crate::subject::Subject;

pub(crate) struct World<'a, S: Subject> {
    pub(crate) configuration: &'a Configuration,
    pub(crate) bounds: Bounds<'a>,
    subject: S,
    pub(crate) now: Duration,
    /// `None` means healthy.
    pub(crate) dead: Option<Death>,
    next_arrival: Duration,
    /// When each running call ends, and which call it is.
    ends: BinaryHeap<Reverse<(Duration, usize)>>,
    /// All calls that were admitted; `None` once they have ended.
    calls: Vec<Option<(S::Call, Ending)>>,
    pub(crate) admitted: usize,
    /// All transitions, with their time.
    pub(crate) history: Vec<(Duration, Event)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Admitted,
    Refused,
    Ended,
}

impl<'a, S: Subject> World<'a, S> {
    pub(crate) fn new(configuration: &'a Configuration, subject: S) -> Self {
        Self {
            configuration,
            bounds: Bounds::of(configuration),
            subject,
            now: Duration::ZERO,
            dead: None,
            next_arrival: configuration.gap / 3,
            ends: BinaryHeap::new(),
            calls: Vec::new(),
            admitted: 0,
            history: Vec::new(),
        }
    }

    /// Asserts, with everything needed to see why in the message.
    #[track_caller]
    pub(crate) fn check(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            let latest: Vec<_> = self.history.iter().rev().take(20).collect();
            panic!(
                "{}\nat {:?}, {} after {} calls, the service is {:?}\n\
                 FLUXGATE_PROMISE={} replays {:#?}\nlatest first: {latest:#?}",
                what(),
                self.now,
                self.state(),
                self.admitted,
                self.dead,
                self.configuration.number,
                self.configuration,
            );
        }
    }

    pub(crate) fn state(&self) -> State {
        self.subject.state()
    }

    /// The next call comes, or a running one ends.
    pub(crate) fn step(&mut self) -> Happened {
        match self.ends.peek() {
            Some(&Reverse((end, nth))) if end <= self.next_arrival => {
                self.ends.pop();
                self.end(end, nth);
                Happened::Ended
            }
            _ => {
                self.now = self.next_arrival;
                self.next_arrival += self.configuration.gap;
                self.arrive()
            }
        }
    }

    fn arrive(&mut self) -> Happened {
        let Some(call) = self.subject.acquire(self.now) else {
            self.note();
            return Happened::Refused;
        };
        let (ending, took) = match self.dead {
            None => (Ending::Reported(Outcome::Success), Some(self.configuration.healthy)),
            Some(Death::Fail(took)) => {
                let ending = match self.configuration.asks {
                    Some(pause) => Ending::Asking(pause),
                    None => Ending::Reported(Outcome::Failure),
                };
                (ending, Some(took))
            }
            Some(Death::Succeed(took)) => (Ending::Reported(Outcome::Success), Some(took)),
            Some(Death::Hang(given_up)) => (Ending::Cancelled, given_up),
        };
        if let Some(took) = took {
            self.ends.push(Reverse((self.now + took, self.calls.len())));
        }
        self.calls.push(Some((call, ending)));
        self.admitted += 1;
        self.note();
        Happened::Admitted
    }

    fn end(&mut self, at: Duration, nth: usize) {
        self.now = at;
        let (call, ending) = self.calls[nth].take().expect("a call ends once");
        self.subject.finish(at, call, ending);
        self.note();
    }

    fn note(&mut self) {
        let events = self.subject.events_after(self.history.len());
        self.history.extend(events.into_iter().map(|event| (self.now, event)));
    }

    /// Nobody calls until then; running calls end.
    pub(crate) fn rest_until(&mut self, time: Duration) {
        while let Some(&Reverse((end, nth))) = self.ends.peek()
            && end < time
        {
            self.ends.pop();
            self.end(end, nth);
        }
        self.next_arrival = self.next_arrival_from(time);
    }

    /// When the first call at or after `time` comes.
    pub(crate) fn next_arrival_from(&self, time: Duration) -> Duration {
        let late = time.saturating_sub(self.next_arrival);
        let gap = self.configuration.gap.as_nanos();
        let passed = late.as_nanos().div_ceil(gap) * gap;
        self.next_arrival + Duration::from_nanos(u64::try_from(passed).expect("the night is not that long"))
    }

    pub(crate) fn force_open(&mut self) {
        self.subject.force_open(self.now);
        self.note();
    }

    pub(crate) fn reset(&mut self) {
        self.subject.reset(self.now);
        self.note();
    }

    /// When it opened, and when the pause drawn then ends.
    pub(crate) fn latest_opening(&self) -> Option<(Duration, Option<Duration>)> {
        let (at, event) = self.history.iter().rev().find(|(_, event)| event.to == State::Open)?;
        Some((*at, event.retry_after.map(|pause| *at + pause)))
    }

    pub(crate) fn openings(&self) -> usize {
        self.history.iter().filter(|(_, event)| event.to == State::Open).count()
    }
}
