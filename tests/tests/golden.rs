//! Compares with the Python original: replays what Fluxgate 0.9.4 did, as recorded by `golden/make.py`.
//!
//! A trace in `golden/agree` must come out as recorded. A trace in `golden/differ` says why ours deviates on
//! purpose, and holds the right results under `ours`.

use std::collections::HashMap;
use std::ops::{BitAnd, BitOr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fluxgate::permit::{self, Permit};
use fluxgate::retry::{self, Retry};
use fluxgate::testing::ManualClock;
use fluxgate::trip::{self, Rule};
use fluxgate::window::{self, Window};
use fluxgate::{Call, CircuitBreaker, Clock, ConfigError, Metrics, State, Transition};
use serde_json::{Map, Value, json};

#[test]
fn traces_in_agree_come_out_as_recorded() {
    for (name, trace) in traces("agree") {
        replay(&name, &trace);
    }
}

#[test]
fn traces_in_differ_deviate_on_purpose() {
    for (name, trace) in traces("differ") {
        assert!(trace["why"].is_string(), "{name} does not say why");
        match trace.get("ours") {
            Some(words) => refuses(&name, &trace, text(words)),
            None => replay(&name, &trace),
        }
    }
}

fn traces(folder: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden").join(folder);
    let traces: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let trace = std::fs::read_to_string(&path).expect("a trace is a text");
            let name = path.file_stem().expect("a trace has a name").to_string_lossy().into_owned();
            (name, serde_json::from_str(&trace).expect("a trace is JSON"))
        })
        .collect();
    assert!(traces.len() > 20, "only {} traces in {}", traces.len(), folder.display());
    traces
}

/// `build()` refuses the breaker, and its message contains these words.
fn refuses(name: &str, trace: &Value, words: &str) {
    let message = match build(&trace["breaker"], &ManualClock::new(), &Events::default()) {
        Ok(_) => panic!("{name} is accepted"),
        Err(error) => error.to_string(),
    };
    assert!(message.contains(words), "{name}: no `{words}` in: {message}");
}

fn replay(name: &str, trace: &Value) {
    let clock = ManualClock::new();
    let events = Events::default();
    let breaker = build(&trace["breaker"], &clock, &events).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut player = Player { breaker: &breaker, clock, events, calls: HashMap::new(), due: None };
    for (number, step) in list(&trace["steps"]).iter().enumerate() {
        for _ in 0..step.get("times").map_or(1, |times| times.as_u64().expect("a count")) {
            let observed = player.play(step);
            if let Err(difference) = compare(step, &observed) {
                panic!(
                    "{name}, step {}: {difference} in {step}, got {}",
                    number + 1,
                    Value::Object(observed)
                );
            }
        }
        // The figures are those after the last repetition.
        let observed = player.figures();
        for key in ["total", "failures", "reopens"] {
            if let Some(value) = right(step, key).filter(|_| !is_drawn(step)) {
                assert_eq!(&observed[key], value, "{name}, step {}: {key} in {step}", number + 1);
            }
        }
    }
}

/// The right value for a step: the one in `ours`, or else what the original did. `null` means none.
fn right<'a>(step: &'a Value, key: &str) -> Option<&'a Value> {
    let ours = step.get("ours").and_then(|ours| ours.get(key));
    ours.or_else(|| step.get(key)).filter(|value| !value.is_null())
}

/// Whether a step's result depends on a randomly drawn deadline: then only its call can be predicted.
fn is_drawn(step: &Value) -> bool {
    right(step, "call") == Some(&json!("when due"))
}

fn compare(step: &Value, observed: &Map<String, Value>) -> Result<(), String> {
    if is_drawn(step) {
        return check("call", observed.get("when due"), observed.get("call"));
    }
    check("call", right(step, "call"), observed.get("call"))?;
    check("state", right(step, "state"), observed.get("state"))?;
    check("events", right(step, "events"), observed.get("events"))
}

fn check(key: &str, right: Option<&Value>, observed: Option<&Value>) -> Result<(), String> {
    if right == observed { Ok(()) } else { Err(format!("another {key}")) }
}

/// Transitions heard but not yet checked.
type Events = Arc<Mutex<Vec<Transition>>>;

/// Plays the steps of one trace on one breaker.
struct Player<'a> {
    breaker: &'a CircuitBreaker,
    clock: ManualClock,
    events: Events,
    /// Calls that overlap others, by name.
    calls: HashMap<String, Call<'a>>,
    /// When the latest opening ends.
    due: Option<Duration>,
}

impl Player<'_> {
    fn play(&mut self, step: &Value) -> Map<String, Value> {
        self.clock.advance(seconds(step.get("after").unwrap_or(&json!(0))));
        let mut observed = Map::new();
        let due = self.due.is_none_or(|due| self.clock.now() >= due);
        observed.insert("when due".into(), admission(due));
        if let Some(admitted) = self.act(step) {
            observed.insert("call".into(), admission(admitted));
        }
        observed.insert("state".into(), json!(spelled(self.breaker.state())));
        let events: Vec<_> = self.events.lock().expect("no listener panics").drain(..).collect();
        for event in events.iter().filter(|event| event.to == State::Open) {
            self.due = event.retry_after.map(|wait| self.clock.now() + wait);
        }
        if !events.is_empty() {
            let events =
                events.iter().map(|event| format!("{} > {}", spelled(event.from), spelled(event.to)));
            observed.insert("events".into(), events.collect());
        }
        observed
    }

    /// Whether the call of a step was admitted, if it makes one.
    fn act(&mut self, step: &Value) -> Option<bool> {
        match (text(&step["do"]), step.get("as").map(text)) {
            ("wait", _) => None,
            ("command", _) => {
                self.command(text(&step["name"]));
                None
            }
            ("begin", Some(name)) => {
                let call = self.breaker.acquire();
                let admitted = call.is_ok();
                self.calls.extend(call.map(|call| (name.into(), call)));
                Some(admitted)
            }
            (outcome, Some(name)) => {
                finish(self.calls.remove(name).expect("the call has begun"), outcome);
                Some(true)
            }
            (outcome, None) => Some(self.breaker.acquire().is_ok_and(|call| {
                self.clock.advance(seconds(step.get("took").unwrap_or(&json!(0))));
                finish(call, outcome);
                true
            })),
        }
    }

    fn command(&self, name: &str) {
        match name {
            "reset" => self.breaker.reset(),
            "disable" => self.breaker.disable(),
            "force_open" => self.breaker.force_open(),
            "metrics_only" => self.breaker.metrics_only(),
            other => panic!("no command `{other}`"),
        }
    }

    fn figures(&self) -> Value {
        let snapshot = self.breaker.snapshot();
        let metrics = snapshot.metrics;
        json!({"total": metrics.total(), "failures": metrics.failures(), "reopens": snapshot.reopens})
    }
}

fn admission(admitted: bool) -> Value {
    json!(if admitted { "admitted" } else { "refused" })
}

fn finish(call: Call<'_>, outcome: &str) {
    match outcome {
        "success" => call.success(),
        "failure" => call.failure(),
        "ignored" => call.ignore(),
        other => panic!("no outcome `{other}`"),
    }
}

fn spelled(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half_open",
        State::MetricsOnly => "metrics_only",
        State::Disabled => "disabled",
        State::ForcedOpen => "forced_open",
        other => panic!("no name for {other:?}"),
    }
}

/// The breaker that a trace describes; settings it leaves out have their defaults.
fn build(settings: &Value, clock: &ManualClock, events: &Events) -> Result<CircuitBreaker, ConfigError> {
    let heard = Arc::clone(events);
    let mut builder =
        CircuitBreaker::builder("golden").clock(clock.clone()).listener(move |transition: &Transition| {
            heard.lock().expect("no listener panics").push(transition.clone());
        });
    for (setting, value) in settings.as_object().expect("a breaker is an object") {
        builder = match setting.as_str() {
            "window" => builder.window(window(value)),
            "trip" => builder.trip(rule(value)),
            "retry" => builder.retry(retry(value)),
            "permit" => builder.permit(permit(value)),
            "max_half_open_calls" => builder.max_half_open_calls(count(value)),
            other => panic!("no setting `{other}`"),
        };
    }
    builder.build()
}

fn window(value: &Value) -> Window {
    match words(value) {
        ("count", [size]) => window::count(size.as_u64().expect("a count") as usize),
        ("time", [duration]) => window::time(seconds(duration)),
        other => panic!("no window {other:?}"),
    }
}

fn rule(value: &Value) -> Rule {
    match words(value) {
        ("all", rules) => rules.iter().map(rule).reduce(BitAnd::bitand).expect("a group has members"),
        ("any", rules) => rules.iter().map(rule).reduce(BitOr::bitor).expect("a group has members"),
        ("closed", []) => trip::closed(),
        ("half_open", []) => trip::half_open(),
        ("min", [calls]) => trip::min(count(calls)),
        ("failure_rate", [ratio]) => trip::failure_rate(number(ratio)),
        ("failure_streak", [calls]) => trip::failure_streak(count(calls)),
        ("slow_rate", [ratio, threshold]) => trip::slow_rate(number(ratio), seconds(threshold)),
        ("avg_latency", [threshold]) => trip::avg_latency(seconds(threshold)),
        ("custom", [name]) if name == "more_failures_than_successes" => {
            trip::custom(more_failures_than_successes)
        }
        other => panic!("no condition {other:?}"),
    }
}

fn more_failures_than_successes(metrics: &Metrics) -> bool {
    metrics.failures() * 2 > metrics.total()
}

fn retry(value: &Value) -> Retry {
    let (retry, options) = match words(value) {
        ("always", []) => return retry::always(),
        ("never", []) => return retry::never(),
        ("cooldown", [duration, options @ ..]) => (retry::cooldown(seconds(duration)), options),
        ("backoff", [initial, options @ ..]) => (retry::backoff(seconds(initial)), options),
        other => panic!("no retry {other:?}"),
    };
    let options = options.iter().flat_map(|options| options.as_object().expect("options are an object"));
    options.fold(retry, |retry, (option, value)| match option.as_str() {
        "multiplier" => retry.multiplier(number(value)),
        "max" => retry.max(seconds(value)),
        "jitter" => retry.jitter(number(value)),
        other => panic!("no option `{other}`"),
    })
}

fn permit(value: &Value) -> Permit {
    match words(value) {
        ("all", []) => permit::all(),
        ("random", [ratio]) => permit::random(number(ratio)),
        ("ramp_up", [from, to, duration]) => permit::ramp_up(number(from), number(to), seconds(duration)),
        other => panic!("no permit {other:?}"),
    }
}

/// `["count", 10]`: a word and its arguments.
fn words(value: &Value) -> (&str, &[Value]) {
    let (word, arguments) = list(value).split_first().expect("a word and its arguments");
    (text(word), arguments)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn count(value: &Value) -> u32 {
    value.as_u64().expect("a count") as u32
}

fn seconds(value: &Value) -> Duration {
    Duration::from_secs_f64(number(value))
}
