//! Words with their arguments.

use fluxgate_rules::vocabulary::{Entry, Parameter};
use fluxgate_rules::{Node, Permit, Retry, Window};

use crate::said::Said;
use crate::value::Value::{self, Count, Number};

/// A word with its arguments.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) entry: &'static Entry,
    pub(crate) arguments: Vec<(&'static Parameter, Value)>,
}

impl Call {
    /// The word with this value for one of its parameters, and an example for the others: with all keyword arguments,
    /// and with none besides that one.
    pub(crate) fn with(entry: &'static Entry, varied: &'static Parameter, value: Value) -> Vec<Self> {
        let call = |all: bool| {
            let keywords = entry.keywords.iter().filter(|keyword| all || *keyword == varied);
            let keywords: Vec<_> = keywords.collect();
            let parameters = entry.positional(!keywords.is_empty()).iter().chain(keywords);
            let value = |parameter| if parameter == varied { value } else { Value::example(parameter) };
            let arguments: Vec<_> = parameters.map(|parameter| (parameter, value(parameter))).collect();
            arguments.iter().any(|(parameter, _)| *parameter == varied).then_some(Self { entry, arguments })
        };
        [true, false].into_iter().filter_map(call).collect()
    }

    pub(crate) fn text(&self) -> String {
        let positional = self.entry.positional.len();
        let text = |(at, (parameter, value)): (usize, &(&Parameter, Value))| {
            let text = value.text(parameter.kind);
            if at < positional { text } else { format!("{} = {text}", parameter.name) }
        };
        self.entry.with(&self.arguments.iter().enumerate().map(text).collect::<Vec<_>>())
    }

    /// The word and its positional values.
    fn positional(&self) -> (&'static str, Vec<Value>) {
        let values = self.arguments.iter().take(self.entry.positional.len());
        (self.entry.word, values.map(|(_, value)| *value).collect())
    }

    fn keywords(&self) -> impl Iterator<Item = (&'static str, Value)> {
        let keywords = self.arguments.iter().skip(self.entry.positional.len());
        keywords.map(|(parameter, value)| (parameter.name, *value))
    }

    pub(crate) fn node(&self) -> Node {
        let (word, values) = self.positional();
        let node = match (word, values.as_slice()) {
            ("closed", []) => Node::closed(),
            ("half_open", []) => Node::half_open(),
            ("min", &[Count(calls)]) => Node::min(calls as u32),
            ("failures", &[Count(calls)]) => Node::failures(calls as u32),
            ("failure_streak", &[Count(calls)]) => Node::failure_streak(calls as u32),
            ("in_flight", &[Count(calls)]) => Node::in_flight(calls as u32),
            ("failure_rate", &[Number(share)]) => Node::failure_rate(share),
            ("slow_rate", &[Number(share), Value::Duration(threshold)]) => Node::slow_rate(share, threshold),
            ("avg_latency", &[Value::Duration(threshold)]) => Node::avg_latency(threshold),
            ("failing_for", &[Value::Duration(duration)]) => Node::failing_for(duration),
            _ => panic!("how is `{word}` written in Rust?"),
        };
        self.keywords().fold(node, |node, keyword| match keyword {
            ("sure", Number(level)) => node.sure(level),
            (name, _) => panic!("how is `{name}` written in Rust?"),
        })
    }

    pub(crate) fn window(&self) -> Window {
        let (word, values) = self.positional();
        let window = match (word, values.as_slice()) {
            ("count", &[Count(size)]) => Window::count(size),
            ("time", &[Value::Duration(duration)]) => Window::time(duration),
            _ => panic!("how is `{word}` written in Rust?"),
        };
        self.keywords().fold(window, |window, keyword| match keyword {
            ("buckets", Count(buckets)) => window.buckets(buckets),
            (name, _) => panic!("how is `{name}` written in Rust?"),
        })
    }

    pub(crate) fn retry(&self) -> Retry {
        let (word, values) = self.positional();
        let retry = match (word, values.as_slice()) {
            ("cooldown", &[Value::Duration(delay)]) => Retry::cooldown(delay),
            ("backoff", &[Value::Duration(initial)]) => Retry::backoff(initial),
            ("always", []) => Retry::always(),
            ("never", []) => Retry::never(),
            _ => panic!("how is `{word}` written in Rust?"),
        };
        self.keywords().fold(retry, |retry, keyword| match keyword {
            ("multiplier", Number(multiplier)) => retry.multiplier(multiplier),
            ("max", Value::Duration(max)) => retry.max(max),
            ("jitter", Number(share)) => retry.jitter(share),
            (name, _) => panic!("how is `{name}` written in Rust?"),
        })
    }

    pub(crate) fn permit(&self) -> Permit {
        let (word, values) = self.positional();
        match (word, values.as_slice()) {
            ("all", []) => Permit::all(),
            ("random", &[Number(share)]) => Permit::random(share),
            ("ramp_up", &[Number(from), Number(to), Value::Duration(duration)]) => {
                Permit::ramp_up(from, to, duration)
            }
            _ => panic!("how is `{word}` written in Rust?"),
        }
    }

    /// Checks the constants one by one.
    pub(crate) fn check(&self, said: &mut Said) {
        for (parameter, value) in self.arguments.clone() {
            said.check(move || value.check(parameter.kind));
        }
    }
}
