//! What an exporter of the SDK receives about breakers.
#![allow(clippy::float_cmp)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{Builder, CircuitBreaker, Clock, Outcome, State, permit, trip, window};
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, HistogramDataPoint, Metric, MetricData, ResourceMetrics, ScopeMetrics,
};
use opentelemetry_sdk::metrics::{
    InMemoryMetricExporter, InMemoryMetricExporterBuilder, Instrument, PeriodicReader, SdkMeterProvider,
    Stream, Temporality,
};

/// One test at a time: collecting covers all breakers of the process, and keeps them alive meanwhile.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A provider that exports on demand.
struct Exported {
    exporter: InMemoryMetricExporter,
    provider: SdkMeterProvider,
}

/// A metric: its kind and unit, and the value for each set of attributes.
#[derive(Debug, Default)]
struct Read {
    kind: String,
    values: BTreeMap<String, f64>,
}

impl Exported {
    fn new(temporality: Temporality) -> Self {
        let exporter = InMemoryMetricExporterBuilder::new().with_temporality(temporality).build();
        let reader = PeriodicReader::builder(exporter.clone()).build();
        let large = |instrument: &Instrument| {
            let is_of_breakers = instrument.name().starts_with("circuit_breaker.");
            is_of_breakers.then(|| Stream::builder().with_cardinality_limit(20_000).build().ok()).flatten()
        };
        let provider = SdkMeterProvider::builder().with_reader(reader).with_view(large).build();
        fluxgate_opentelemetry::observe(&provider.meter("fluxgate"));
        Self { exporter, provider }
    }

    /// Collects, and returns all metrics by name.
    fn read(&self) -> BTreeMap<String, Read> {
        self.exporter.reset();
        self.provider.force_flush().expect("collected");
        let exported = self.exporter.get_finished_metrics().expect("exported");
        let mut all = BTreeMap::new();
        let scopes = exported.iter().flat_map(ResourceMetrics::scope_metrics);
        for metric in scopes.flat_map(ScopeMetrics::metrics) {
            let twin = all.insert(metric.name().to_owned(), read(metric));
            assert!(twin.is_none(), "{} is there once", metric.name());
        }
        all
    }

    /// The values of a breaker's series, without the common prefix of names: `status{state=open}`.
    fn of(&self, breaker: &str) -> BTreeMap<String, f64> {
        let named = format!("name={breaker}");
        let mut series = BTreeMap::new();
        for (metric, read) in self.read() {
            for (attributes, value) in read.values {
                if let Some(rest) = attributes.strip_prefix(&named) {
                    let metric = metric.trim_start_matches("circuit_breaker.");
                    series.insert(format!("{metric}{{{}}}", rest.trim_start_matches(',')), value);
                }
            }
        }
        series
    }
}

fn read(metric: &Metric) -> Read {
    fn points<T: Copy>(data: &MetricData<T>, to: fn(T) -> f64) -> (&str, BTreeMap<String, f64>) {
        match data {
            MetricData::Gauge(gauge) => {
                let points = gauge.data_points();
                ("gauge", points.map(|point| (spelled(point.attributes()), to(point.value()))).collect())
            }
            MetricData::Sum(sum) => {
                let kind = if sum.is_monotonic() { "counter" } else { "up-down counter" };
                let points = sum.data_points();
                (kind, points.map(|point| (spelled(point.attributes()), to(point.value()))).collect())
            }
            MetricData::Histogram(histogram) => {
                let count = |point: &HistogramDataPoint<T>| {
                    let within =
                        point.bounds().position(|bound| bound == 0.1).expect("a bound of the conventions");
                    let quick: u64 = point.bucket_counts().take(within + 1).sum();
                    let slow = point.count() - quick;
                    [("within=0.1", quick), ("above=0.1", slow)].map(|(range, count)| {
                        (format!("{},{range}", spelled(point.attributes())), count as f64)
                    })
                };
                ("histogram", histogram.data_points().flat_map(count).collect())
            }
            MetricData::ExponentialHistogram(_) => unreachable!("there is none"),
        }
    }
    let (kind, values) = match metric.data() {
        AggregatedMetrics::F64(data) => points(data, |value| value),
        AggregatedMetrics::U64(data) => points(data, |value| value as f64),
        AggregatedMetrics::I64(data) => points(data, |value| value as f64),
    };
    Read { kind: format!("{kind}, `{}`", metric.unit()), values }
}

/// `name=payments,state=open`
fn spelled<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    let mut pairs: Vec<_> = attributes
        .map(|pair| {
            let key = pair.key.as_str().strip_prefix("circuit_breaker.").expect("a name of ours");
            (key, pair.value.as_str())
        })
        .collect();
    // The name first.
    pairs.sort_by_key(|(key, _)| (*key != "name", *key));
    let mut text = String::new();
    for (nth, (key, value)) in pairs.iter().enumerate() {
        let _ = write!(text, "{}{key}={value}", if nth > 0 { "," } else { "" });
    }
    text
}

fn built(name: &'static str, configure: impl FnOnce(Builder) -> Builder) -> (CircuitBreaker, ManualClock) {
    let clock = ManualClock::new();
    let builder = CircuitBreaker::builder(name)
        .window(window::count(10))
        .trip(trip::min(10) & trip::failure_rate(0.5))
        .permit(permit::all())
        .clock(clock.clone());
    (configure(builder).build().expect("valid"), clock)
}

fn call(breaker: &CircuitBreaker, outcome: Outcome, times: usize) {
    for _ in 0..times {
        breaker.acquire().expect("admitted").record(outcome);
    }
}

fn expect(all: &BTreeMap<String, f64>, expected: &[(&str, f64)]) {
    for (series, value) in expected {
        assert_eq!(all.get(*series), Some(value), "{series} of {all:#?}");
    }
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn every_state_is_always_exported_and_one_of_them_is_1() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let state = |name, expected: State| {
        let all = exported.of(name);
        for state in State::ALL {
            let value = f64::from(u8::from(state == expected));
            expect(&all, &[(&format!("status{{state={}}}", state.as_str()), value)]);
        }
    };
    // This breaker is created after the provider.
    let (breaker, clock) = built("states", |builder| builder);
    state("states", State::Closed);
    call(&breaker, Outcome::Failure, 10);
    state("states", State::Open);
    clock.advance(seconds(60));
    call(&breaker, Outcome::Success, 1);
    state("states", State::HalfOpen);
    breaker.metrics_only();
    state("states", State::MetricsOnly);
    breaker.disable();
    state("states", State::Disabled);
    breaker.force_open();
    state("states", State::ForcedOpen);
    breaker.reset();
    state("states", State::Closed);
}

#[test]
fn an_opening_between_two_collections_is_visible() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let (breaker, clock) = built("openings", |builder| builder);
    clock.advance(seconds(30));
    // An increase is only visible if the series starts at 0.
    expect(&exported.of("openings"), &[("transitions{previous_state=closed,state=open}", 0.0)]);
    call(&breaker, Outcome::Failure, 10);
    breaker.acquire().expect_err("open");
    clock.advance(Duration::from_millis(60_500));
    call(&breaker, Outcome::Success, 6);
    clock.advance(seconds(5));
    let all = exported.of("openings");
    expect(
        &all,
        &[
            ("time{state=closed}", 35.0),
            ("time{state=open}", 60.5),
            ("time{state=disabled}", 0.0),
            ("transitions{previous_state=closed,state=open}", 1.0),
            ("transitions{previous_state=open,state=half_open}", 1.0),
            ("transitions{previous_state=half_open,state=closed}", 1.0),
            ("not_permitted_calls{}", 1.0),
            ("calls{call.outcome=failure}", 10.0),
            ("calls{call.outcome=late}", 0.0),
        ],
    );
    let counted = |series: &String| series.contains("success") || series.contains("duration");
    assert!(!all.keys().any(counted), "it does not count calls: {all:#?}");
}

#[test]
fn breakers_that_count_calls_report_successes_and_durations() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let (breaker, clock) = built("counting", |builder| builder.count_calls(true));
    for nth in 0..20 {
        let call = breaker.acquire().expect("closed");
        clock.advance(Duration::from_millis(if nth < 5 { 2_000 } else { 50 }));
        match nth {
            0 => call.ignore(),
            1 => drop(call),
            _ => call.success(),
        }
    }
    let panicking =
        std::panic::AssertUnwindSafe(|| breaker.call(|| -> Result<(), ()> { panic!("expected") }));
    std::panic::catch_unwind(panicking).expect_err("it unwinds through");
    expect(
        &exported.of("counting"),
        &[
            ("calls{call.outcome=success}", 18.0),
            ("calls{call.outcome=ignored}", 2.0),
            ("calls{call.outcome=failure}", 1.0),
            ("cancelled_calls{}", 1.0),
            ("panicked_calls{}", 1.0),
            ("call.duration{within=0.1}", 16.0),
            ("call.duration{above=0.1}", 5.0),
        ],
    );
}

#[test]
fn rates_are_absent_while_there_are_too_few_calls() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let rule = trip::min(10) & (trip::failure_rate(0.9) | trip::slow_rate(0.9, Duration::from_millis(1_500)));
    let (breaker, clock) = built("rates", |builder| builder.trip(rule));
    let rates = || {
        let all = exported.of("rates");
        let slow = "slow_call_rate{slow_call.threshold=1.5}";
        (all.get("failure_rate{}").copied(), all.get(slow).copied())
    };
    call(&breaker, Outcome::Failure, 4);
    assert_eq!(rates(), (None, None));
    for _ in 0..6 {
        let call = breaker.acquire().expect("closed");
        clock.advance(seconds(2));
        call.success();
    }
    assert_eq!(rates(), (Some(0.4), Some(0.6)));
    breaker.reset();
    assert_eq!(rates(), (None, None), "neither -1 nor the old value");
}

#[test]
fn calls_in_flight_are_exported_while_calls_are_admitted() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let rule = trip::min(9) & trip::failure_rate(0.9) | trip::in_flight(9);
    let (breaker, _) = built("running", |builder| builder.trip(rule));
    let in_flight = || exported.of("running").get("calls_in_flight{}").copied();
    let calls = [(); 2].map(|()| breaker.acquire().expect("closed"));
    assert_eq!(in_flight(), Some(2.0));
    drop(calls);
    assert_eq!(in_flight(), Some(0.0));
    breaker.force_open();
    assert_eq!(in_flight(), None);
}

#[test]
fn counters_never_decrease_although_breakers_come_and_go() {
    let _alone = alone();
    let (sums, differences) = (Exported::new(Temporality::Cumulative), Exported::new(Temporality::Delta));
    let failures = |exported: &Exported| exported.of("twins")["calls{call.outcome=failure}"];
    let both = || (failures(&sums), failures(&differences));
    let (one, _) = built("twins", |builder| builder);
    let (other, _) = built("twins", |builder| builder);
    call(&one, Outcome::Failure, 3);
    call(&other, Outcome::Failure, 4);
    assert_eq!(both(), (7.0, 7.0));
    drop(one);
    call(&other, Outcome::Failure, 1);
    assert_eq!(both(), (8.0, 1.0));
    other.force_open();
    expect(&sums.of("twins"), &[("status{state=forced_open}", 1.0), ("status{state=closed}", 0.0)]);
    drop(other);
    let gone = sums.of("twins");
    assert!(!gone.keys().any(|series| series.starts_with("status")), "{gone:#?}");
    expect(&gone, &[("transitions{previous_state=closed,state=forced_open}", 1.0)]);
    assert_eq!(both(), (8.0, 0.0));
    let (another, _) = built("twins", |builder| builder);
    call(&another, Outcome::Failure, 2);
    assert_eq!(both(), (10.0, 2.0));
    expect(&sums.of("twins"), &[("status{state=closed}", 1.0)]);
}

/// A clock that counts how often it is read.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicU64>);

impl Clock for Counting {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Read again for each instrument, the figures of an export would be from ten moments.
#[test]
fn an_export_reads_each_breaker_once_and_all_readers_get_current_figures() {
    let _alone = alone();
    let [sums, differences] = [Temporality::Cumulative, Temporality::Delta].map(|temporality| {
        let exporter = InMemoryMetricExporterBuilder::new().with_temporality(temporality).build();
        (exporter.clone(), PeriodicReader::builder(exporter).build())
    });
    let provider = SdkMeterProvider::builder().with_reader(sums.1).with_reader(differences.1).build();
    fluxgate_opentelemetry::observe(&provider.meter("fluxgate"));
    let [sums, differences] =
        [sums.0, differences.0].map(|exporter| Exported { exporter, provider: provider.clone() });
    let clock = Counting::default();
    let breaker = CircuitBreaker::builder("read once").clock(clock.clone()).build().expect("valid");
    for failures in 1..=3 {
        breaker.record(Outcome::Failure, Duration::ZERO);
        let before = clock.0.load(Ordering::Relaxed);
        breaker.snapshot();
        let once = clock.0.load(Ordering::Relaxed) - before;
        differences.exporter.reset();
        let all = sums.of("read once");
        assert_eq!(clock.0.load(Ordering::Relaxed) - before - once, 2 * once, "once for each reader");
        expect(&all, &[("calls{call.outcome=failure}", f64::from(failures))]);
        let exported = differences.exporter.get_finished_metrics().expect("exported");
        let metrics =
            exported.iter().flat_map(ResourceMetrics::scope_metrics).flat_map(ScopeMetrics::metrics);
        let calls = metrics.filter(|metric| metric.name() == "circuit_breaker.calls").map(read);
        let increase: f64 = calls.map(|read| read.values["name=read once,call.outcome=failure"]).sum();
        assert_eq!(increase, 1.0);
    }
}

#[test]
fn any_name_is_a_single_attribute_value() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let name = "a\",circuit_breaker.state=\"open\n\u{202e}{b";
    let (_breaker, _) = built(name, |builder| builder);
    let status = exported.read().remove("circuit_breaker.status").expect("there");
    let of_it = status.values.iter().filter(|(series, _)| series.contains("a\",")).count();
    assert_eq!(of_it, State::ALL.len(), "{status:#?}");
}

#[test]
fn a_thousand_breakers_each_have_their_series() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let breakers: Vec<_> = (0..1_000)
        .map(|nth| CircuitBreaker::builder(format!("crowd {nth}")).build().expect("valid"))
        .collect();
    breakers[999].force_open();
    let status = exported.read().remove("circuit_breaker.status").expect("there");
    let crowd = status.values.iter().filter(|(series, _)| series.starts_with("name=crowd"));
    assert_eq!(crowd.clone().count(), 6_000);
    assert_eq!(crowd.map(|(_, value)| value).sum::<f64>(), 1_000.0);
    assert_eq!(status.values["name=crowd 999,state=forced_open"], 1.0);
}

/// The table of the README, which is also the documentation.
#[test]
fn every_metric_is_documented_with_its_kind_and_unit() {
    let _alone = alone();
    let exported = Exported::new(Temporality::Cumulative);
    let rates = trip::failure_rate(1.0) | trip::slow_rate(1.0, seconds(1));
    let rule = trip::min(1) & rates | trip::in_flight(9);
    let (breaker, _) = built("documented", |builder| builder.trip(rule).count_calls(true));
    call(&breaker, Outcome::Success, 1);
    breaker.force_open();
    breaker.reset();
    call(&breaker, Outcome::Success, 1);

    let mut documented = BTreeMap::new();
    for row in include_str!("../README.md").lines().filter(|line| line.starts_with("| `circuit_breaker.")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        for metric in cells[1].split(", ") {
            documented.insert(metric.trim_matches('`').to_owned(), cells[2].to_owned());
        }
    }
    let exported = exported.read().into_iter().map(|(metric, read)| (metric, read.kind));
    assert_eq!(exported.collect::<BTreeMap<_, _>>(), documented);
}
