//! Figures of all breakers for Prometheus and others, through the facade [`metrics`](https://docs.rs/metrics), with the feature `metrics`.
//!
//! Call [`Reporter::install`] once, when the program starts, and [`Reporter::update`] whenever the figures are about to be read: before a
//! scrape is answered, or every few seconds.
//!
//! ```
//! use fluxgate::metrics::Reporter;
//!
//! let reporter = Reporter::new().label("zone", "eu-1").install();
//! // When `/metrics` is requested:
//! reporter.update();
//! ```
//!
//! | name | kind | what it is |
//! |---|---|---|
//! | `circuit_breaker_state{name,state}` | gauge | 1 for the state that the breaker is in, 0 for the others; all are there from its first use |
//! | `circuit_breaker_state_seconds_total{name,state}` | counter | how long it has been in each state, in whole seconds, which shows even an opening between two scrapes |
//! | `circuit_breaker_transitions_total{name,from,to}` | counter | changes of state since the reporter was installed, the usual ones from the breaker's first use on; `metrics_only` to `metrics_only` means that it would have opened |
//! | `circuit_breaker_not_permitted_total{name}` | counter | refused calls |
//! | `circuit_breaker_calls_total{name,outcome}` | counter | `failure` and `late` (too late to count) for all breakers; `success` and `ignored` for those that [count calls](crate::count_calls) |
//! | `circuit_breaker_cancelled_total{name}`, `circuit_breaker_panicked_total{name}` | counter | calls that were cancelled or panicked, whatever they count as |
//! | `circuit_breaker_call_duration_seconds{name}` | histogram | durations of calls, for breakers that count calls |
//! | `circuit_breaker_failure_rate{name}` | gauge | the share of failures in the window or trial: absent until there are as many calls as the rule's largest `min` or, in half-open, one, and `NaN` if there are fewer again |
//! | `circuit_breaker_slow_call_rate{name,threshold}` | gauge | likewise, for each threshold of the rule, in seconds |
//! | `circuit_breaker_calls_in_flight{name}` | gauge | running calls, if the rule has `in_flight`: absent before the first use, and `NaN` while the breaker is open, forced open or disabled |
//!
//! `state`, `from` and `to` are the names of [`State::as_str`](crate::State::as_str). Breakers with the same name are reported as one:
//! counters are sums, a state is 1 if any breaker is in it, a rate is the highest. In a family of breakers with keys, the first 100 are
//! reported under their own names, and all others together as `hosts{other}`. A breaker that is dropped leaves its counters as they are and
//! its gauges at 0 or `NaN`.
//!
//! `metrics-exporter-prometheus` makes a histogram only if it is given buckets, by `PrometheusBuilder::set_buckets`, and otherwise a
//! summary, which cannot be summed over instances. The Grafana dashboard in `examples/monitoring/` asks for the buckets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use ::metrics::{Key, KeyName, Label, Level, Metadata, SharedString, Unit, with_recorder};

use crate::events::event::EndedCall;
use crate::events::interests::Interests;
use crate::events::listener::Listener;
use crate::events::transition::Transition;
use crate::handle::collector::{Collected, Collector};
use crate::handle::listening::listen;
use crate::state::Outcome;

static METADATA: Metadata<'static> = Metadata::new("fluxgate", Level::INFO, None);

const STATE: &str = "circuit_breaker_state";
const STATE_SECONDS: &str = "circuit_breaker_state_seconds_total";
const TRANSITIONS: &str = "circuit_breaker_transitions_total";
const NOT_PERMITTED: &str = "circuit_breaker_not_permitted_total";
const CALLS: &str = "circuit_breaker_calls_total";
const CANCELLED: &str = "circuit_breaker_cancelled_total";
const PANICKED: &str = "circuit_breaker_panicked_total";
const CALL_DURATION: &str = "circuit_breaker_call_duration_seconds";
const FAILURE_RATE: &str = "circuit_breaker_failure_rate";
const SLOW_CALL_RATE: &str = "circuit_breaker_slow_call_rate";
const CALLS_IN_FLIGHT: &str = "circuit_breaker_calls_in_flight";

/// Reports the figures of all breakers: see the [module](self). Clones share their state.
#[derive(Clone, Debug)]
#[must_use = "figures are reported by `update`"]
pub struct Reporter(Arc<Reported>);

#[derive(Debug, Default)]
struct Reported {
    prefix: String,
    labels: Vec<Label>,
    collector: Collector,
    noted: Mutex<Noted>,
}

/// What has been reported.
#[derive(Debug, Default)]
struct Noted {
    counters: BTreeMap<Series, u64>,
    /// Gauges that may become absent.
    passing: BTreeSet<Series>,
}

/// A metric and its labels: the breaker's name, and perhaps more.
type Series = (&'static str, Vec<(&'static str, String)>);

impl Default for Reporter {
    fn default() -> Self {
        Self::new()
    }
}

impl Reporter {
    /// A reporter without a prefix or labels.
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// The prefix of every metric's name: with `shop_`, there is a `shop_circuit_breaker_state`.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        let (prefix, labels) = (prefix.into(), self.0.labels.clone());
        Self(Arc::new(Reported { prefix, labels, ..Reported::default() }))
    }

    /// Adds a label to every metric.
    pub fn label(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (prefix, mut labels) = (self.0.prefix.clone(), self.0.labels.clone());
        labels.push(Label::new(name.into(), value.into()));
        Self(Arc::new(Reported { prefix, labels, ..Reported::default() }))
    }

    /// Starts to count transitions and to time the calls of breakers that count calls, for the life of the process. Call it last:
    /// [`prefix`](Self::prefix) and [`label`](Self::label) make another reporter, which is not installed.
    pub fn install(self) -> Self {
        listen(Installed(self.0.clone()));
        self
    }

    /// Updates all figures.
    pub fn update(&self) {
        self.0.describe();
        let mut series = AllSeries::default();
        for collected in self.0.collector.collect() {
            series.add(&collected);
        }
        let increments = self.0.note(&mut series);
        // The recorder is not our code, so nothing is locked meanwhile.
        for (series, increment) in increments {
            let key = self.0.key(&series);
            with_recorder(|recorder| recorder.register_counter(&key, &METADATA).increment(increment));
        }
        for (series, value) in series.states.iter().chain(&series.passing) {
            let key = self.0.key(series);
            with_recorder(|recorder| recorder.register_gauge(&key, &METADATA).set(*value));
        }
    }
}

impl Reported {
    fn key(&self, (metric, labels): &Series) -> Key {
        let own = labels.iter().map(|(name, value)| Label::new(*name, value.clone()));
        Key::from_parts(self.name(metric), self.labels.iter().cloned().chain(own).collect::<Vec<_>>())
    }

    fn name(&self, metric: &'static str) -> KeyName {
        if self.prefix.is_empty() { metric.into() } else { format!("{}{metric}", self.prefix).into() }
    }

    /// Describes the metrics to the recorder: each time, since it may be another one by now.
    fn describe(&self) {
        let seconds = Some(Unit::Seconds);
        with_recorder(|recorder| {
            for (metric, unit, text) in [
                (STATE_SECONDS, seconds, "How long the breaker has been in each state."),
                (TRANSITIONS, None, "Changes of the breaker's state."),
                (NOT_PERMITTED, None, "Calls that the breaker refused."),
                (CALLS, None, "Calls that were made, by outcome."),
                (CANCELLED, None, "Calls that were given up before they had an outcome."),
                (PANICKED, None, "Calls that panicked."),
            ] {
                recorder.describe_counter(self.name(metric), unit, SharedString::const_str(text));
            }
            for (metric, text) in [
                (STATE, "1 for the state that the breaker is in, 0 for the others."),
                (FAILURE_RATE, "The share of failures among the recent calls."),
                (SLOW_CALL_RATE, "The share of recent calls that took as long as the threshold, in seconds."),
                (CALLS_IN_FLIGHT, "Calls that are running."),
            ] {
                recorder.describe_gauge(self.name(metric), None, SharedString::const_str(text));
            }
            let text = SharedString::const_str("How long calls take.");
            recorder.describe_histogram(self.name(CALL_DURATION), seconds, text);
        });
    }

    /// Notes what is reported now. Returns by how much counters have grown, and adds the gauges that have become absent.
    fn note(&self, all: &mut AllSeries) -> Vec<(Series, u64)> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut increments = Vec::new();
        for (series, now) in &all.counters {
            let before = noted.counters.entry(series.clone()).or_insert(0);
            // Another update, with later figures, may have come first.
            increments.push((series.clone(), now.saturating_sub(*before)));
            *before = (*before).max(*now);
        }
        noted.passing.extend(all.passing.keys().cloned());
        for series in &noted.passing {
            all.passing.entry(series.clone()).or_insert(f64::NAN);
        }
        increments
    }
}

/// All series and their values.
#[derive(Default)]
struct AllSeries {
    counters: BTreeMap<Series, u64>,
    states: BTreeMap<Series, f64>,
    passing: BTreeMap<Series, f64>,
}

impl AllSeries {
    fn add(&mut self, collected: &Collected) {
        let series = |metric, labels: &[(&'static str, &str)]| -> Series {
            let labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned()));
            (metric, std::iter::once(("name", collected.breaker.clone())).chain(labels).collect())
        };
        for (state, spent) in collected.spent.iter() {
            let labels = [("state", state.as_str())];
            let is_in = collected.states.contains(&state);
            self.states.insert(series(STATE, &labels), f64::from(u8::from(is_in)));
            self.counters.insert(series(STATE_SECONDS, &labels), spent.as_secs());
        }
        for (from, to, count) in &collected.transitions {
            let labels = [("from", from.as_str()), ("to", to.as_str())];
            self.counters.insert(series(TRANSITIONS, &labels), *count);
        }
        let totals = &collected.totals;
        for (metric, total) in
            [(NOT_PERMITTED, totals.refused), (CANCELLED, totals.cancelled), (PANICKED, totals.panicked)]
        {
            self.counters.insert(series(metric, &[]), total);
        }
        for (outcome, total) in [
            (Outcome::Success.as_str(), totals.successes),
            (Outcome::Failure.as_str(), Some(totals.failures)),
            (Outcome::Ignored.as_str(), totals.ignored),
            ("late", Some(totals.late)),
        ] {
            if let Some(total) = total {
                self.counters.insert(series(CALLS, &[("outcome", outcome)]), total);
            }
        }
        if let Some(rate) = collected.failure_rate {
            self.passing.insert(series(FAILURE_RATE, &[]), rate);
        }
        for (threshold, rate) in &collected.slow_rates {
            let threshold = threshold.as_secs_f64().to_string();
            self.passing.insert(series(SLOW_CALL_RATE, &[("threshold", &threshold)]), *rate);
        }
        if let Some(calls) = collected.in_flight {
            self.passing.insert(series(CALLS_IN_FLIGHT, &[]), calls as f64);
        }
    }
}

/// Listens between two updates.
struct Installed(Arc<Reported>);

impl Listener for Installed {
    fn on_transition(&self, transition: &Transition) {
        self.0.collector.on_transition(transition);
    }

    fn interests(&self) -> Interests {
        Interests::transitions().counted_calls()
    }

    fn on_call(&self, call: &EndedCall) {
        let key = self.0.key(&(CALL_DURATION, vec![("name", self.0.collector.name_of(&call.breaker))]));
        let seconds = call.duration.as_secs_f64();
        with_recorder(|recorder| recorder.register_histogram(&key, &METADATA).record(seconds));
    }
}
