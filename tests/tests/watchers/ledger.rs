//! A naive count of what was done to a breaker, and of what its listener heard.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fluxgate::{
    EndedCall, Event, Interests, Listener, Outcome, Reason, RefusedCall, State, Totals, Transition,
};

/// Everything that a breaker's own listener has heard, in order.
#[derive(Clone)]
pub(crate) struct Heard {
    events: Arc<Mutex<Vec<Event>>>,
    interests: Interests,
}

impl Heard {
    pub(crate) fn new(interests: Interests) -> Self {
        Self { events: Arc::default(), interests }
    }

    pub(crate) fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The generation of this breaker, as far as it was heard.
    pub(crate) fn generation(&self, name: &str) -> Option<u64> {
        self.events().iter().rev().find_map(|event| match event {
            Event::Transition(transition) if transition.breaker == *name => Some(transition.generation),
            _ => None,
        })
    }
}

impl Listener for Heard {
    fn on_transition(&self, transition: &Transition) {
        self.events().push(Event::Transition(transition.clone()));
    }

    fn interests(&self) -> Interests {
        self.interests
    }

    fn on_refusal(&self, call: &RefusedCall) {
        self.events().push(Event::Refused(call.clone()));
    }

    fn on_call(&self, call: &EndedCall) {
        self.events().push(Event::Ended(call.clone()));
    }
}

/// The counts of one breaker.
pub(crate) struct Ledger {
    /// What was done.
    pub(crate) done: Totals,
    /// The states and when it entered the last one, by the transitions that were heard.
    pub(crate) state: State,
    pub(crate) since: Duration,
    pub(crate) spent: BTreeMap<&'static str, Duration>,
    /// How often from where to where, without resets.
    pub(crate) transitions: BTreeMap<(&'static str, &'static str), u64>,
    /// Calls that were refused since the state began.
    pub(crate) rejected: u64,
    /// Ends of calls that were heard.
    pub(crate) ended: u64,
}

impl Ledger {
    pub(crate) fn new(since: Duration, counts: bool) -> Self {
        let mut done = Totals::default();
        (done.successes, done.ignored) = (counts.then_some(0), counts.then_some(0));
        Self {
            done,
            state: State::Closed,
            since,
            spent: BTreeMap::new(),
            transitions: BTreeMap::new(),
            rejected: 0,
            ended: 0,
        }
    }

    /// A call ended like this. Whether it was late is known from its generation.
    pub(crate) fn end(&mut self, outcome: Outcome, is_late: bool) {
        let count = match outcome {
            Outcome::Ignored => return self.done.ignored.iter_mut().for_each(|ignored| *ignored += 1),
            _ if is_late => &mut self.done.late,
            Outcome::Failure => &mut self.done.failures,
            Outcome::Success => match &mut self.done.successes {
                Some(successes) => successes,
                None => return,
            },
        };
        *count += 1;
    }

    /// Takes what the listener heard.
    #[track_caller]
    pub(crate) fn hear(&mut self, event: &Event, place: &str) {
        match event {
            Event::Transition(transition) => self.change(transition, place),
            Event::Refused(call) => {
                assert_eq!(call.state, self.state, "the state that refuses, {place}");
                self.rejected += 1;
            }
            Event::Ended(_) => self.ended += 1,
            event => unreachable!("{event} is new"),
        }
    }

    #[track_caller]
    fn change(&mut self, transition: &Transition, place: &str) {
        let Transition { from, to, at, missed, .. } = *transition;
        assert_eq!(from, self.state, "{transition}: it follows from the one before, {place}");
        assert_eq!(missed, 0, "{transition}: none is missing, {place}");
        let is_reset = from == to && !matches!(transition.reason, Reason::Tripped(_));
        if !is_reset {
            *self.transitions.entry((from.as_str(), to.as_str())).or_default() += 1;
        }
        if from != to {
            *self.spent.entry(from.as_str()).or_default() += at.saturating_sub(self.since);
            (self.state, self.since, self.rejected) = (to, at, 0);
        }
    }

    /// How long it has been in this state by `now`.
    pub(crate) fn spent(&self, state: State, now: Duration) -> Duration {
        let stay = if state == self.state { now.saturating_sub(self.since) } else { Duration::ZERO };
        self.spent.get(state.as_str()).copied().unwrap_or_default() + stay
    }
}
