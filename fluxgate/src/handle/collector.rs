//! The figures of all breakers, for exporters of metrics.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::isolation::resolve;
use super::registry::breakers;
use super::snapshot::Snapshot;
use super::totals::{Spent, Totals};
use crate::configuration::name::Name;
use crate::engine::breaker::{Breaker, Origin};
use crate::events::listener::Listener;
use crate::events::transition::Transition;
use crate::state::State;

/// Collects the figures of all breakers for an exporter of metrics. `fluxgate::metrics` and the crate `fluxgate-opentelemetry` are built on
/// it, and so can be exporters to other systems.
///
/// Breakers with the same name are reported as one. A name whose breakers are all dropped keeps its counts, so that they never go back,
/// even if another breaker takes the name: a collector grows with the number of names that have ever existed. What a breaker counts between
/// the last collection and its end is lost.
///
/// In a family of breakers with keys, the first 100 are reported under their own names, and all others together as `hosts{other}`. Their
/// counts are added up, so sums over the family are right, and invented keys do not create more series.
///
/// Clones share what they have collected. Transitions are counted if the collector [listens](crate::listen):
///
/// ```
/// use fluxgate::{CircuitBreaker, Collector, State};
///
/// let collector = Collector::new();
/// fluxgate::listen(collector.clone());
/// let breaker = CircuitBreaker::builder("shipping").build()?;
/// breaker.force_open();
/// breaker.acquire().unwrap_err();
///
/// let all = collector.collect();
/// let shipping = all.iter().find(|collected| collected.breaker == "shipping").unwrap();
/// assert_eq!(shipping.states, [State::ForcedOpen]);
/// assert_eq!(shipping.totals.refused, 1);
/// assert!(shipping.transitions.contains(&(State::Closed, State::ForcedOpen, 1)));
/// assert!(shipping.transitions.contains(&(State::Closed, State::Open, 0)));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone, Default)]
pub struct Collector(Arc<Store>);

/// What clones share.
#[derive(Default)]
struct Store {
    accounts: Mutex<Accounts>,
    transitions: Mutex<BTreeMap<String, TransitionCounts>>,
    /// For each family, the names that are reported one by one.
    families: Mutex<BTreeMap<String, BTreeSet<String>>>,
}

/// How many breakers of a family are reported one by one.
const MOST_OF_FAMILY: usize = 100;

/// From which state, to which, and how often.
type TransitionCounts = Vec<(State, State, u64)>;

/// Reported from the beginning: systems of metrics do not see a new counter grow from 0 to 1.
const USUAL_TRANSITIONS: [(State, State, u64); 5] = [
    (State::Closed, State::Open, 0),
    (State::Open, State::HalfOpen, 0),
    (State::HalfOpen, State::Open, 0),
    (State::HalfOpen, State::Closed, 0),
    (State::MetricsOnly, State::MetricsOnly, 0),
];

/// What has been collected so far.
#[derive(Default)]
struct Accounts {
    counts: BTreeMap<String, (Totals, Spent)>,
    /// By address.
    breakers: HashMap<usize, Seen>,
}

/// The counts of a breaker at the last collection.
struct Seen {
    /// Keeps another breaker from taking its address.
    origin: Origin,
    totals: Totals,
    spent: Spent,
}

/// The figures of all breakers with one name, from a [`Collector`].
#[derive(Clone, PartialEq, Default, Debug)]
#[non_exhaustive]
pub struct Collected {
    /// The name.
    pub breaker: String,
    /// The states that these breakers are in, each once: one state for a single breaker, none if it was dropped.
    pub states: Vec<State>,
    /// How often they have gone from one state to another since the collector began to listen. From `MetricsOnly` to `MetricsOnly`: they
    /// would have opened. The usual transitions are listed from the beginning, with a count of 0, and others once they have happened.
    pub transitions: Vec<(State, State, u64)>,
    /// The sums of their counts.
    pub totals: Totals,
    /// The sums of how long they have been in each state.
    pub spent: Spent,
    /// The highest share of failures in their windows or trials. Windows with fewer calls than the rule's largest `min` do not count,
    /// unless the breaker is half-open: a trial is judged by other numbers.
    pub failure_rate: Option<f64>,
    /// For each threshold of the rule, the highest share of calls that reached it. The same windows do not count.
    pub slow_rates: Vec<(Duration, f64)>,
    /// How many calls are running in breakers that record calls and whose rule has `in_flight`.
    pub in_flight: Option<u64>,
}

impl Collector {
    /// A collector that has not collected anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name under which the breaker of this name is reported: its own, or the one that the rest of its family shares.
    pub fn name_of(&self, breaker: &Name) -> String {
        let name = breaker.as_str();
        let Some(family) = breaker.family() else { return name.to_owned() };
        let mut families = lock(&self.0.families);
        let names = families.entry(family.to_owned()).or_default();
        if names.contains(name) || names.len() < MOST_OF_FAMILY {
            names.insert(name.to_owned());
            return name.to_owned();
        }
        format!("{family}{{other}}")
    }

    /// The figures of all names, sorted by name.
    pub fn collect(&self) -> Vec<Collected> {
        // Dropping the last handle to a breaker drops its listeners, which are user code: not under the lock.
        let breakers: Vec<_> = breakers().collect();
        // Collections run one after the other, or an older one could overwrite a newer one. So users' clocks are read under this lock; a
        // clock that itself collects would recurse forever anyway.
        let mut accounts = lock(&self.0.accounts);
        let mut all = BTreeMap::<_, Collected>::new();
        for breaker in &breakers {
            let breaker = resolve(breaker.breaker());
            let snapshot = Snapshot::of(breaker);
            let name = self.name_of(breaker.name());
            all.entry(name.clone()).or_default().add(&snapshot);
            accounts.count(breaker, name, &snapshot);
        }
        accounts.breakers.retain(|_, seen| seen.origin.is_live());
        for (name, (totals, spent)) in &accounts.counts {
            let collected = all.entry(name.clone()).or_default();
            (collected.totals, collected.spent) = (*totals, *spent);
        }
        drop(accounts);
        for (name, transitions) in &*lock(&self.0.transitions) {
            all.entry(name.clone()).or_default().transitions.clone_from(transitions);
        }
        let complete = |(breaker, mut collected): (String, Collected)| {
            if collected.transitions.is_empty() {
                collected.transitions.extend(USUAL_TRANSITIONS);
            }
            Collected { breaker, ..collected }
        };
        all.into_iter().map(complete).collect()
    }
}

/// Counts transitions.
impl Listener for Collector {
    fn on_transition(&self, transition: &Transition) {
        let mut all = lock(&self.0.transitions);
        let name = self.name_of(&transition.breaker);
        let counts = all.entry(name).or_insert_with(|| USUAL_TRANSITIONS.to_vec());
        match counts.iter_mut().find(|(from, to, _)| (*from, *to) == (transition.from, transition.to)) {
            Some((_, _, count)) => *count += 1,
            None => counts.push((transition.from, transition.to, 1)),
        }
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Collector").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Accounts {
    /// Adds what a breaker has counted since the last collection.
    fn count(&mut self, breaker: &Breaker, name: String, snapshot: &Snapshot) {
        let (totals, spent) = (snapshot.totals, snapshot.spent);
        let seen = Seen { origin: breaker.origin.clone(), totals, spent };
        let before = self.breakers.insert(std::ptr::from_ref(breaker).addr(), seen);
        let before = before.map(|seen| (seen.totals, seen.spent)).unwrap_or_default();
        let (sum_of_totals, sum_of_spent) = self.counts.entry(name).or_default();
        sum_of_totals.grow(&before.0, &totals);
        sum_of_spent.grow(&before.1, &spent);
    }
}

impl Collected {
    /// Adds the gauges of a breaker.
    fn add(&mut self, snapshot: &Snapshot) {
        if !self.states.contains(&snapshot.state) {
            self.states.push(snapshot.state);
        }
        let metrics = &snapshot.metrics;
        if let State::Closed | State::HalfOpen | State::MetricsOnly = snapshot.state
            && let Some(calls) = metrics.in_flight()
        {
            self.in_flight = Some(self.in_flight.unwrap_or(0) + calls);
        }
        // A trial is judged by other numbers than a closed breaker.
        let is_enough =
            metrics.total() >= u64::from(snapshot.largest_min) || snapshot.state == State::HalfOpen;
        if !is_enough {
            return;
        }
        self.failure_rate = self.failure_rate.into_iter().chain(metrics.failure_rate()).reduce(f64::max);
        for threshold in metrics.thresholds() {
            let Some(rate) = metrics.slow_rate(threshold) else { continue };
            match self.slow_rates.iter_mut().find(|(known, _)| *known == threshold) {
                Some((_, highest)) => *highest = highest.max(rate),
                None => self.slow_rates.push((threshold, rate)),
            }
        }
    }
}
