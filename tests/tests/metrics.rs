//! What Prometheus sees, scraped over HTTP from a real exporter.
#![allow(clippy::float_cmp)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;

use fluxgate::metrics::Reporter;
use fluxgate::{Outcome, State, trip};
use fluxgate_tests::fixture::{alone, built, calls, millis, seconds};
use metrics_exporter_prometheus::PrometheusBuilder;

/// The exporter of this process, and two reporters: a plain one, and one with a prefix and a label.
fn exporter() -> &'static (SocketAddr, Reporter, Reporter) {
    static EXPORTER: OnceLock<(SocketAddr, Reporter, Reporter)> = OnceLock::new();
    EXPORTER.get_or_init(|| {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a free port");
        // Outside a runtime, it starts a thread with its own.
        let buckets = [0.001, 0.01, 0.1, 1.0, 10.0];
        let builder = PrometheusBuilder::new().with_http_listener(address);
        builder.set_buckets(&buckets).and_then(PrometheusBuilder::install).expect("an exporter");
        let plain = Reporter::new().install();
        let marked = Reporter::new().prefix("shop_").label("zone", "eu-1").install();
        (address, plain, marked)
    })
}

/// The text of a scrape.
fn scrape() -> String {
    let (address, plain, marked) = exporter();
    plain.update();
    marked.update();
    let mut connection = TcpStream::connect(address).expect("the exporter listens once it is installed");
    let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    connection.write_all(request.as_bytes()).expect("written");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// A breaker's series, without its name, and their values.
fn series(text: &str, breaker: &str) -> BTreeMap<String, f64> {
    let name = format!("name=\"{breaker}\"");
    let lines = text.lines().filter(|line| !line.starts_with('#') && line.contains(&name));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').expect("a series and its value");
            let series = series.replace(&format!("{name},"), "").replace(&format!("{{{name}}}"), "");
            (series.replace(&format!(",{name}"), ""), value.parse().expect("a number"))
        })
        .collect()
}

#[test]
fn all_states_exist_from_the_first_use_and_one_of_them_is_1() {
    let _alone = alone();
    exporter();
    let (breaker, _) = built("states", |builder| builder);
    let state = |expected: &str| {
        let all = series(&scrape(), "states");
        for state in State::ALL {
            let value = all[&format!("circuit_breaker_state{{state=\"{}\"}}", state.as_str())];
            assert_eq!(value, f64::from(u8::from(state.as_str() == expected)), "{state}");
        }
    };
    state("closed");
    breaker.force_open();
    state("forced_open");
    breaker.reset();
    state("closed");
    drop(breaker);
    state("none: it is gone");
}

#[test]
fn an_opening_between_two_scrapes_is_visible() {
    let _alone = alone();
    exporter();
    let (breaker, clock) = built("openings", |builder| builder);
    clock.advance(seconds(30));
    scrape();
    calls(&breaker, Outcome::Failure, 10);
    breaker.acquire().expect_err("open");
    clock.advance(seconds(60));
    calls(&breaker, Outcome::Success, 6);
    clock.advance(seconds(5));
    let all = series(&scrape(), "openings");
    for (series, value) in [
        ("circuit_breaker_state_seconds_total{state=\"closed\"}", 35.0),
        ("circuit_breaker_state_seconds_total{state=\"open\"}", 60.0),
        ("circuit_breaker_state_seconds_total{state=\"disabled\"}", 0.0),
        ("circuit_breaker_transitions_total{from=\"closed\",to=\"open\"}", 1.0),
        ("circuit_breaker_transitions_total{from=\"open\",to=\"half_open\"}", 1.0),
        ("circuit_breaker_transitions_total{from=\"half_open\",to=\"closed\"}", 1.0),
        ("circuit_breaker_not_permitted_total", 1.0),
        ("circuit_breaker_calls_total{outcome=\"failure\"}", 10.0),
    ] {
        assert_eq!(all.get(series), Some(&value), "{series} of {all:#?}");
    }
    assert!(!all.keys().any(|series| series.contains("outcome=\"success\"")), "it does not count calls");
    assert!(!all.keys().any(|series| series.contains("duration")));
}

#[test]
fn breakers_that_count_calls_report_successes_and_durations() {
    let _alone = alone();
    exporter();
    let (breaker, clock) = built("counting", |builder| builder.count_calls(true));
    for nth in 0..20 {
        let call = breaker.acquire().expect("closed");
        clock.advance(millis(50));
        match nth {
            0 => call.ignore(),
            1 => drop(call),
            _ => call.success(),
        }
    }
    let all = series(&scrape(), "counting");
    for (series, value) in [
        ("circuit_breaker_calls_total{outcome=\"success\"}", 18.0),
        ("circuit_breaker_calls_total{outcome=\"ignored\"}", 2.0),
        ("circuit_breaker_cancelled_total", 1.0),
        ("circuit_breaker_call_duration_seconds_count", 20.0),
        ("circuit_breaker_call_duration_seconds_bucket{le=\"0.01\"}", 0.0),
        ("circuit_breaker_call_duration_seconds_bucket{le=\"0.1\"}", 20.0),
    ] {
        assert_eq!(all.get(series), Some(&value), "{series} of {all:#?}");
    }
}

#[test]
fn a_rate_is_absent_while_there_are_too_few_calls() {
    let _alone = alone();
    exporter();
    let rule = trip::min(10) & (trip::failure_rate(0.9) | trip::slow_rate(0.9, millis(1_500)));
    let (breaker, clock) = built("rates", |builder| builder.trip(rule));
    let rates = || {
        let all = series(&scrape(), "rates");
        let slow = "circuit_breaker_slow_call_rate{threshold=\"1.5\"}";
        (all.get("circuit_breaker_failure_rate").copied(), all.get(slow).copied())
    };
    calls(&breaker, Outcome::Failure, 4);
    assert_eq!(rates(), (None, None));
    for _ in 0..6 {
        let call = breaker.acquire().expect("closed");
        clock.advance(seconds(2));
        call.success();
    }
    assert_eq!(rates(), (Some(0.4), Some(0.6)));
    breaker.reset();
    let (failures, slow) = rates();
    assert!(
        failures.is_some_and(f64::is_nan) && slow.is_some_and(f64::is_nan),
        "the rate existed before, and no longer does"
    );
}

#[test]
fn calls_in_flight_are_a_gauge_while_calls_are_admitted() {
    let _alone = alone();
    exporter();
    let rule = trip::min(9) & trip::failure_rate(0.9) | trip::in_flight(9);
    let (breaker, _) = built("running", |builder| builder.trip(rule));
    let in_flight = || series(&scrape(), "running")["circuit_breaker_calls_in_flight"];
    let calls = [(); 2].map(|()| breaker.acquire().expect("closed"));
    assert_eq!(in_flight(), 2.0);
    drop(calls);
    assert_eq!(in_flight(), 0.0);
    breaker.force_open();
    assert!(in_flight().is_nan());
}

#[test]
fn a_prefix_and_labels_mark_every_series_and_types_are_declared() {
    let _alone = alone();
    exporter();
    let (breaker, _) = built("marked", |builder| builder);
    breaker.force_open();
    let text = scrape();
    let marked = text.lines().filter(|line| line.starts_with("shop_circuit_breaker_"));
    assert!(marked.clone().all(|line| line.contains("zone=\"eu-1\"")) && marked.count() > 10, "{text}");
    for line in [
        "# TYPE circuit_breaker_state gauge",
        "# TYPE circuit_breaker_state_seconds_total counter",
        "# TYPE circuit_breaker_transitions_total counter",
        "# HELP circuit_breaker_not_permitted_total Calls that the breaker refused.",
        "# TYPE shop_circuit_breaker_state gauge",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn breakers_of_one_name_are_merged_and_counters_never_decrease() {
    let _alone = alone();
    exporter();
    let failures = || series(&scrape(), "twins")["circuit_breaker_calls_total{outcome=\"failure\"}"];
    let (one, _) = built("twins", |builder| builder);
    let (other, _) = built("twins", |builder| builder);
    calls(&one, Outcome::Failure, 3);
    calls(&other, Outcome::Failure, 4);
    assert_eq!(failures(), 7.0);
    other.force_open();
    let all = series(&scrape(), "twins");
    assert_eq!(all["circuit_breaker_state{state=\"closed\"}"], 1.0);
    assert_eq!(all["circuit_breaker_state{state=\"forced_open\"}"], 1.0);
    drop((one, other));
    assert_eq!(failures(), 7.0);
    let (another, _) = built("twins", |builder| builder);
    calls(&another, Outcome::Failure, 2);
    assert_eq!(failures(), 9.0);
}

#[test]
fn a_hostile_name_stays_within_its_label() {
    let _alone = alone();
    exporter();
    let (breaker, _) = built("a\"} 1\ncircuit_breaker_state{name=\"b\\", |builder| builder);
    breaker.force_open();
    let text = scrape();
    assert!(text.contains("name=\"a\\\"} 1\\ncircuit_breaker_state{name=\\\"b\\\\\""), "{text}");
    assert!(series(&text, "b").is_empty());
}
