#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod export;

use fluxgate::{
    Collected, Collector, EndedCall, Interests, Listener, Outcome, State, Totals, Transition, listen,
};
use opentelemetry::metrics::{AsyncInstrument, Histogram, Meter};
use opentelemetry::{Key, KeyValue};

use self::export::Export;

const NAME: Key = Key::from_static_str("circuit_breaker.name");
const STATE: Key = Key::from_static_str("circuit_breaker.state");
const PREVIOUS_STATE: Key = Key::from_static_str("circuit_breaker.previous_state");
const OUTCOME: Key = Key::from_static_str("circuit_breaker.call.outcome");
const THRESHOLD: Key = Key::from_static_str("circuit_breaker.slow_call.threshold");

/// The bounds that the semantic conventions recommend for durations of requests, in seconds.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// Reports all breakers, existing and future, whenever the meter's provider collects, for as long as the provider lives.
///
/// Call it once for a provider, when the provider is set up: a meter that [`opentelemetry::global`] returns before
/// [`set_meter_provider`](opentelemetry::global::set_meter_provider) reports nothing. A second call on the same provider would record
/// durations twice. Transitions and durations are counted from this call on.
///
/// ```
/// use opentelemetry::metrics::MeterProvider;
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
///
/// let provider = SdkMeterProvider::builder().build(); // with a reader, which exports
/// fluxgate_opentelemetry::observe(&provider.meter("fluxgate"));
/// ```
pub fn observe(meter: &Meter) {
    let collector = Collector::new();
    let export = Export::new(collector.clone());
    observe_states(meter, &export);
    observe_calls(meter, &export);
    observe_recent(meter, &export);
    let durations = meter
        .f64_histogram("circuit_breaker.call.duration")
        .with_description("How long calls take.")
        .with_unit("s")
        .with_boundaries(BOUNDS.to_vec())
        .build();
    listen(Observer { collector, durations });
}

fn observe_states(meter: &Meter, export: &Export) {
    meter
        .i64_observable_up_down_counter("circuit_breaker.status")
        .with_description("1 for the state that the breaker is in, 0 for the others.")
        .with_unit("1")
        .with_callback(observing(export, |collected, instrument| {
            // A dropped breaker is in no state, and its series end.
            for state in State::ALL.into_iter().filter(|_| !collected.states.is_empty()) {
                let is_in = collected.states.contains(&state);
                instrument
                    .observe(i64::from(is_in), &[name(collected), KeyValue::new(STATE, state.as_str())]);
            }
        }))
        .build();
    meter
        .f64_observable_counter("circuit_breaker.time")
        .with_description("How long the breaker has been in each state.")
        .with_unit("s")
        .with_callback(observing(export, |collected, instrument| {
            for (state, spent) in collected.spent.iter() {
                let attributes = [name(collected), KeyValue::new(STATE, state.as_str())];
                instrument.observe(spent.as_secs_f64(), &attributes);
            }
        }))
        .build();
    meter
        .u64_observable_counter("circuit_breaker.transitions")
        .with_description("Changes of the breaker's state.")
        .with_unit("{transition}")
        .with_callback(observing(export, |collected, instrument| {
            for (from, to, count) in &collected.transitions {
                let from = KeyValue::new(PREVIOUS_STATE, from.as_str());
                instrument.observe(*count, &[name(collected), from, KeyValue::new(STATE, to.as_str())]);
            }
        }))
        .build();
}

fn observe_calls(meter: &Meter, export: &Export) {
    meter
        .u64_observable_counter("circuit_breaker.calls")
        .with_description("Calls that were made, by outcome.")
        .with_unit("{call}")
        .with_callback(observing(export, |collected, instrument| {
            let totals = &collected.totals;
            for (outcome, count) in [
                (Outcome::Success.as_str(), totals.successes),
                (Outcome::Failure.as_str(), Some(totals.failures)),
                (Outcome::Ignored.as_str(), totals.ignored),
                ("late", Some(totals.late)),
            ] {
                if let Some(count) = count {
                    instrument.observe(count, &[name(collected), KeyValue::new(OUTCOME, outcome)]);
                }
            }
        }))
        .build();
    let count = |metric: &'static str, description: &'static str, total: fn(&Totals) -> u64| {
        meter
            .u64_observable_counter(metric)
            .with_description(description)
            .with_unit("{call}")
            .with_callback(observing(export, move |collected, instrument| {
                instrument.observe(total(&collected.totals), &[name(collected)]);
            }))
            .build();
    };
    count("circuit_breaker.not_permitted_calls", "Calls that the breaker refused.", |totals| totals.refused);
    count(
        "circuit_breaker.cancelled_calls",
        "Calls that were given up before they had an outcome.",
        |totals| totals.cancelled,
    );
    count("circuit_breaker.panicked_calls", "Calls that panicked.", |totals| totals.panicked);
}

fn observe_recent(meter: &Meter, export: &Export) {
    meter
        .f64_observable_gauge("circuit_breaker.failure_rate")
        .with_description("The share of failures among the recent calls.")
        .with_unit("1")
        .with_callback(observing(export, |collected, instrument| {
            if let Some(rate) = collected.failure_rate {
                instrument.observe(rate, &[name(collected)]);
            }
        }))
        .build();
    meter
        .f64_observable_gauge("circuit_breaker.slow_call_rate")
        .with_description("The share of recent calls that took as long as the threshold, in seconds.")
        .with_unit("1")
        .with_callback(observing(export, |collected, instrument| {
            for (threshold, rate) in &collected.slow_rates {
                let threshold = KeyValue::new(THRESHOLD, threshold.as_secs_f64());
                instrument.observe(*rate, &[name(collected), threshold]);
            }
        }))
        .build();
    meter
        .i64_observable_up_down_counter("circuit_breaker.calls_in_flight")
        .with_description("Calls that are running.")
        .with_unit("{call}")
        .with_callback(observing(export, |collected, instrument| {
            if let Some(calls) = collected.in_flight.and_then(|calls| i64::try_from(calls).ok()) {
                instrument.observe(calls, &[name(collected)]);
            }
        }))
        .build();
}

/// The callback of an instrument that observes the figures of each name.
fn observing<T>(
    export: &Export,
    observe: impl Fn(&Collected, &dyn AsyncInstrument<T>) + Send + Sync + 'static,
) -> impl Fn(&dyn AsyncInstrument<T>) + Send + Sync + 'static {
    let asking = export.instrument();
    move |instrument| asking.figures().iter().for_each(|collected| observe(collected, instrument))
}

fn name(collected: &Collected) -> KeyValue {
    KeyValue::new(NAME, collected.breaker.clone())
}

/// Listens between two collections.
struct Observer {
    collector: Collector,
    durations: Histogram<f64>,
}

impl Listener for Observer {
    fn on_transition(&self, transition: &Transition) {
        self.collector.on_transition(transition);
    }

    fn interests(&self) -> Interests {
        Interests::transitions().counted_calls()
    }

    fn on_call(&self, call: &EndedCall) {
        let name = KeyValue::new(NAME, self.collector.name_of(&call.breaker));
        self.durations.record(call.duration.as_secs_f64(), &[name]);
    }
}
