//! What exporters and the dashboard say of the breakers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use fluxgate::metrics::Reporter;
use fluxgate::{Clock as _, State};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics};
use opentelemetry_sdk::metrics::{
    InMemoryMetricExporter, Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

use crate::subject::Subject;

/// Series and their values, by breaker. A series is spelled `metric{label,label}`.
type Figures = BTreeMap<String, BTreeMap<String, f64>>;

pub(crate) struct Exporters {
    prometheus: PrometheusHandle,
    reporter: Reporter,
    provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
    dashboard: Router,
    runtime: Runtime,
    /// Figures that must not decrease, as of the last look.
    before: BTreeMap<String, f64>,
}

impl Exporters {
    pub(crate) fn new() -> Self {
        let prometheus = PrometheusBuilder::new().install_recorder().expect("there is no other");
        let exporter = InMemoryMetricExporter::default();
        let large = |_: &Instrument| Stream::builder().with_cardinality_limit(50_000).build().ok();
        let reader = PeriodicReader::builder(exporter.clone()).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).with_view(large).build();
        fluxgate_opentelemetry::observe(&provider.meter("fluxgate"));
        Self {
            prometheus,
            reporter: Reporter::new().install(),
            provider,
            exporter,
            dashboard: fluxgate_dashboard::router(),
            runtime: Builder::new_current_thread().enable_time().build().expect("a runtime"),
            before: BTreeMap::new(),
        }
    }

    #[track_caller]
    pub(crate) fn agree(&mut self, subjects: &[Subject], place: &str) {
        let (prometheus, opentelemetry) = (self.prometheus(), self.opentelemetry());
        for subject in subjects {
            let name = subject.breaker.name();
            let expected = expected(subject);
            let told = &prometheus[name];
            let counters = told.iter().filter(|(series, _)| !is_passing(series));
            let whole: BTreeMap<_, _> =
                expected.iter().map(|(series, value)| (series.clone(), value.floor())).collect();
            assert_eq!(counters.map(owned).collect::<BTreeMap<_, _>>(), whole, "Prometheus: {name}, {place}");
            let told = &opentelemetry[name];
            let counters: BTreeMap<_, _> =
                told.iter().filter(|(series, _)| !is_passing(series)).map(owned).collect();
            assert_eq!(counters, expected, "OpenTelemetry: {name}, {place}");
            self.grow(name, &counters, place);
            self.agree_on_the_page(subject, place);
        }
    }

    fn grow(&mut self, name: &str, counters: &BTreeMap<String, f64>, place: &str) {
        for (series, value) in counters.iter().filter(|(series, _)| !series.starts_with("state{")) {
            let before = self.before.insert(format!("{name} {series}"), *value).unwrap_or(0.0);
            assert!(*value >= before, "{name} {series}: {value} after {before}, {place}");
        }
    }

    fn prometheus(&self) -> Figures {
        self.reporter.update();
        let mut figures = Figures::new();
        let text = self.prometheus.render();
        for line in text.lines().filter(|line| line.starts_with("circuit_breaker_")) {
            let (series, value) = line.rsplit_once(' ').expect("a series and its value");
            let (metric, labels) = series.trim_end_matches('}').split_once('{').expect("labels");
            let (_, rest) = labels.split_once("name=\"").expect("a name");
            let (name, labels) = rest.split_once('"').expect("the end of the name");
            let metric = metric.trim_start_matches("circuit_breaker_").trim_end_matches("_total");
            let values: Vec<_> = labels.split('"').skip(1).step_by(2).collect();
            let named = figures.entry(name.to_owned()).or_default();
            named.insert(format!("{metric}{{{}}}", values.join(",")), value.parse().expect("a number"));
        }
        figures
    }

    fn opentelemetry(&self) -> Figures {
        self.exporter.reset();
        self.provider.force_flush().expect("collected");
        let exported = self.exporter.get_finished_metrics().expect("exported");
        let mut figures = Figures::new();
        for metric in exported.iter().flat_map(ResourceMetrics::scope_metrics).flat_map(ScopeMetrics::metrics)
        {
            let metric_name = match metric.name().trim_start_matches("circuit_breaker.") {
                "status" => "state",
                "time" => "state_seconds",
                "not_permitted_calls" => "not_permitted",
                "cancelled_calls" => "cancelled",
                "panicked_calls" => "panicked",
                "call.duration" => "call_duration_seconds_count",
                other => other,
            };
            let mut note = |attributes: Vec<&KeyValue>, value: f64| {
                let of = |key: &str| {
                    attributes.iter().find(|pair| pair.key.as_str() == key).map(|pair| pair.value.to_string())
                };
                let values: Vec<_> = ["previous_state", "state", "call.outcome", "slow_call.threshold"]
                    .into_iter()
                    .filter_map(|key| of(&format!("circuit_breaker.{key}")))
                    .collect();
                let named = figures.entry(of("circuit_breaker.name").expect("a name")).or_default();
                named.insert(format!("{metric_name}{{{}}}", values.join(",")), value);
            };
            match metric.data() {
                AggregatedMetrics::F64(data) => points(data, |value| value, &mut note),
                AggregatedMetrics::U64(data) => points(data, |value| value as f64, &mut note),
                AggregatedMetrics::I64(data) => points(data, |value| value as f64, &mut note),
            }
        }
        figures
    }

    fn agree_on_the_page(&self, subject: &Subject, place: &str) {
        let name = subject.breaker.name();
        let mut address = "/=".to_owned();
        for byte in name.bytes() {
            write!(address, "%{byte:02X}").expect("a string takes it");
        }
        let request = Request::get(address).body(Body::empty()).expect("valid");
        let answer = self.runtime.block_on(async {
            let answer = self.dashboard.clone().oneshot(request).await.expect("infallible");
            to_bytes(answer.into_body(), usize::MAX).await.expect("complete")
        });
        let mut told: Value = serde_json::from_slice(&answer).expect("JSON");
        told.as_object_mut().expect("an object").remove("history");
        let snapshot = serde_json::to_string(&subject.breaker.snapshot()).expect("JSON");
        let mut expected: Value = serde_json::from_str(&snapshot).expect("JSON");
        expected["instances"] = 1.into();
        assert_eq!(told, expected, "the dashboard: {name}, {place}");
    }
}

fn owned((series, value): (&String, &f64)) -> (String, f64) {
    (series.clone(), *value)
}

/// Whether a series is a rate or the running calls, which are the breaker's own figures, not counts.
fn is_passing(series: &str) -> bool {
    [
        "failure_rate",
        "slow_call_rate",
        "calls_in_flight",
        "call_duration_seconds{",
        "call_duration_seconds_sum",
    ]
    .iter()
    .any(|metric| series.starts_with(metric))
}

fn points<T: Copy>(data: &MetricData<T>, to: fn(T) -> f64, note: &mut impl FnMut(Vec<&KeyValue>, f64)) {
    match data {
        MetricData::Gauge(gauge) => {
            gauge.data_points().for_each(|point| note(point.attributes().collect(), to(point.value())));
        }
        MetricData::Sum(sum) => {
            sum.data_points().for_each(|point| note(point.attributes().collect(), to(point.value())));
        }
        MetricData::Histogram(histogram) => {
            histogram
                .data_points()
                .for_each(|point| note(point.attributes().collect(), point.count() as f64));
        }
        MetricData::ExponentialHistogram(_) => unreachable!("there is none"),
    }
}

/// What the naive counts say.
fn expected(subject: &Subject) -> BTreeMap<String, f64> {
    let Subject { ledger, clock, .. } = subject;
    let mut series = BTreeMap::new();
    let mut note = |metric: &str, labels: &str, value: f64| {
        series.insert(format!("{metric}{{{labels}}}"), value);
    };
    for state in State::ALL {
        note("state", state.as_str(), f64::from(u8::from(ledger.state == state)));
        note("state_seconds", state.as_str(), ledger.spent(state, clock.now()).as_secs_f64());
    }
    let usual =
        ["closed,open", "open,half_open", "half_open,open", "half_open,closed", "metrics_only,metrics_only"];
    for states in usual {
        note("transitions", states, 0.0);
    }
    for ((from, to), count) in &ledger.transitions {
        note("transitions", &format!("{from},{to}"), *count as f64);
    }
    let done = &ledger.done;
    for (metric, labels, count) in [
        ("calls", "success", done.successes),
        ("calls", "failure", Some(done.failures)),
        ("calls", "ignored", done.ignored),
        ("calls", "late", Some(done.late)),
        ("not_permitted", "", Some(done.refused)),
        ("cancelled", "", Some(done.cancelled)),
        ("panicked", "", Some(done.panicked)),
        ("call_duration_seconds_count", "", (ledger.ended > 0).then_some(ledger.ended)),
    ] {
        if let Some(count) = count {
            note(metric, labels, count as f64);
        }
    }
    series
}
