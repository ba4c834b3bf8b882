//! With the feature `tracing`, each transition is an event, with or without listeners.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, State, trip};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

type Fields = HashMap<String, String>;

/// Records the events of one target.
#[derive(Clone, Default)]
struct Writer(Arc<Mutex<Vec<(Level, Fields)>>>, Arc<Mutex<Option<&'static str>>>);

struct Reader(Fields);

impl Visit for Reader {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Writer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fluxgate" || metadata.is_span()
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        *self.1.lock().expect("not poisoned") = Some(attributes.metadata().name());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut reader = Reader(Fields::new());
        event.record(&mut reader);
        if let Some(span) = *self.1.lock().expect("not poisoned") {
            reader.0.insert("within".to_owned(), span.to_owned());
        }
        self.0.lock().expect("not poisoned").push((*event.metadata().level(), reader.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Runs `work` with this subscriber.
///
/// The first thread to reach an event asks its own subscriber, and if it has none, `tracing` turns the event off for all threads. So
/// all events are reached once before there is a subscriber.
fn subscribed(subscriber: impl Subscriber + Send + Sync + 'static, work: impl FnOnce()) {
    static REACHED: Once = Once::new();
    REACHED.call_once(|| {
        let breaker = CircuitBreaker::builder("silent").trip(trip::failure_streak(1)).build().expect("valid");
        breaker.metrics_only();
        breaker.acquire().expect("metrics only").failure();
        breaker.reset();
        breaker.acquire().expect("closed").failure();
    });
    tracing::subscriber::with_default(subscriber, work);
}

/// The events emitted while `work` runs.
fn written(work: impl FnOnce()) -> Vec<(Level, Fields)> {
    let writer = Writer::default();
    subscribed(writer.clone(), work);
    let events = std::mem::take(&mut *writer.0.lock().expect("not poisoned"));
    assert_documented(&events);
    events
}

/// The page for operators covers every field, and every message except those that name a state.
fn assert_documented(events: &[(Level, Fields)]) {
    let page = include_str!("../../../fluxgate/docs/production.md");
    for (_, fields) in events {
        let message = &fields["message"];
        let names_state = State::ALL.iter().any(|state| *message == format!("circuit breaker is {state}"));
        assert!(names_state || page.contains(&format!("| `{message}` |")), "{message}");
        for field in fields.keys().filter(|field| !["message", "within"].contains(&field.as_str())) {
            assert!(page.contains(&format!("`{field}`")), "{field}");
        }
    }
}

#[cfg(feature = "chaos")]
#[test]
fn a_fault_is_logged_when_it_begins_and_when_it_ends() {
    let (writer, second) = (Writer::default(), Duration::from_secs(1));
    let clock = ManualClock::new();
    subscribed(writer.clone(), || {
        let breaker = CircuitBreaker::builder("rehearsed").clock(clock.clone()).build().expect("valid");
        breaker.inject(fluxgate::Fault::lasting(60 * second).fail(0.5)).expect("valid");
        clock.advance(60 * second);
        breaker.acquire().expect("it is over").success();
        assert_eq!(writer.0.lock().expect("not poisoned").len(), 2, "the call notices the end");
        breaker.clear_fault();
    });
    let events = writer.0.lock().expect("not poisoned");
    assert_documented(&events);
    let [(Level::WARN, begun), (Level::INFO, over)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(begun["message"], "circuit breaker has an injected fault");
    assert_eq!((&*begun["breaker"], &*begun["failing"], &*begun["lasts"]), ("\"rehearsed\"", "0.5", "60.0"));
    assert_eq!(over["message"], "circuit breaker no longer has an injected fault");
}

#[test]
fn each_transition_is_an_event() {
    let events = written(|| {
        let breaker =
            CircuitBreaker::builder("written").trip(trip::failure_streak(2)).build().expect("valid");
        for _ in 0..2 {
            breaker.acquire().expect("closed").failure();
        }
        breaker.reset();
    });
    let [(tripped, opening), (reset, closing)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*tripped, *reset), (Level::WARN, Level::INFO));
    for (field, value) in [("from", "\"closed\""), ("to", "\"open\""), ("total", "2"), ("failures", "2")] {
        assert_eq!(opening[field], value, "{field}");
    }
    assert_eq!(opening["breaker"], "\"written\"");
    assert_eq!(opening["reason"], "\"2 failed in a row (2 >= 2)\"");
    assert_eq!(
        (opening["message"].as_str(), opening["retry_after"].as_str()),
        ("circuit breaker is open", "60.0")
    );
    assert_eq!(
        (closing["message"].as_str(), closing.get("retry_after")),
        ("circuit breaker is closed", None)
    );
    assert_eq!((closing["from"].as_str(), closing["to"].as_str()), ("\"open\"", "\"closed\""));
}

#[test]
fn metrics_only_says_what_it_would_have_done() {
    let events = written(|| {
        let breaker =
            CircuitBreaker::builder("watched").trip(trip::failure_streak(1)).build().expect("valid");
        breaker.metrics_only();
        breaker.acquire().expect("metrics only").failure();
    });
    let messages: Vec<_> =
        events.iter().map(|(level, fields)| (*level, fields["message"].as_str())).collect();
    assert_eq!(
        messages,
        [
            (Level::INFO, "circuit breaker is metrics-only"),
            (Level::WARN, "circuit breaker would have opened")
        ]
    );
}

#[test]
fn a_refusal_is_an_event_within_the_callers_span() {
    let events = written(|| {
        let breaker =
            CircuitBreaker::builder("refusing").trip(trip::failure_streak(1)).build().expect("valid");
        breaker.acquire().expect("closed").failure();
        breaker.acquire().expect_err("open");
        breaker.force_open();
        tracing::info_span!("caller").in_scope(|| breaker.acquire().expect_err("forced open"));
    });
    let refusals: Vec<_> = events.iter().filter(|(level, _)| *level == Level::DEBUG).collect();
    let [(_, open), (_, forced)] = refusals[..] else { panic!("{events:?}") };
    for (field, value) in [
        ("message", "circuit breaker refuses a call"),
        ("breaker", "\"refusing\""),
        ("state", "\"open\""),
        ("cause", "\"1 failed in a row (1 >= 1)\""),
    ] {
        assert_eq!(open[field], value, "{field}");
    }
    assert!(open.contains_key("retry_after") && !open.contains_key("within"));
    assert_eq!(forced["state"], "\"forced_open\"");
    assert!(!forced.contains_key("cause") && !forced.contains_key("retry_after"));
    assert_eq!(forced["within"], "caller");
}

/// Rounded up, so that nobody comes back too early.
#[test]
fn a_refusal_names_the_time_left_to_the_millisecond() {
    let events = written(|| {
        let clock = ManualClock::new();
        let builder = CircuitBreaker::builder("rounding").clock(clock.clone());
        let breaker = builder.build().expect("valid");
        breaker.open_for(Duration::from_secs(60));
        clock.advance(Duration::from_secs(60) - Duration::from_nanos(1_975_025_259));
        breaker.acquire().expect_err("open");
        clock.advance(Duration::from_nanos(1_975_025_258));
        breaker.acquire().expect_err("open");
    });
    let left: Vec<_> = events
        .iter()
        .filter(|(level, _)| *level == Level::DEBUG)
        .map(|(_, fields)| fields["retry_after"].as_str())
        .collect();
    assert_eq!(left, ["1.976", "0.001"]);
}

/// A name is a field, which writers quote, and not part of a message, which they do not.
#[test]
fn a_name_appears_only_in_its_field() {
    let events = written(|| {
        let breaker = CircuitBreaker::builder("a\nb\u{1b}[31m").build().expect("valid");
        breaker.force_open();
    });
    assert_eq!(events.len(), 1);
    for (field, text) in &events[0].1 {
        assert!(field == "breaker" || !text.contains(['\n', '\u{1b}', '[']), "{field}: {text:?}");
    }
}

/// A subscriber is user code, and may inspect the breaker whose event it receives.
#[test]
fn a_subscriber_may_call_back_into_the_breaker() {
    struct Curious(Arc<CircuitBreaker>, Writer);

    impl Subscriber for Curious {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            let known = self.0.metrics().total();
            known > 0 && self.1.enabled(metadata)
        }

        fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
            Interest::sometimes()
        }

        fn new_span(&self, attributes: &Attributes<'_>) -> Id {
            self.1.new_span(attributes)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            let _ = self.0.snapshot();
            self.1.event(event);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    let breaker = CircuitBreaker::builder("curious").trip(trip::failure_streak(1)).build().expect("valid");
    let breaker = Arc::new(breaker);
    let writer = Writer::default();
    subscribed(Curious(breaker.clone(), writer.clone()), || {
        breaker.acquire().expect("closed").failure();
    });
    assert_eq!(writer.0.lock().expect("not poisoned").len(), 1);
}
