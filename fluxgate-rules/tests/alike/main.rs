//! What is refused or accepted is so wherever it is written: as a literal, as a constant that const evaluation checks,
//! and by hand. This goes through the whole vocabulary, and so through every parameter, even a new one.
#![allow(missing_docs)]

mod call;
mod said;
mod together;
mod value;

use std::time::Duration;

use fluxgate_rules::duration::Spelled;
use fluxgate_rules::limits::DEFAULT_TIMEOUT;
use fluxgate_rules::vocabulary::{
    ON_CANCEL, OUTCOME, PERMIT, Parameter, RETRY, SINGLE_VALUES, TRIP, Vocabulary, WINDOW,
};
use fluxgate_rules::{Expectations, Node, Ratio, Rule, Window, by_hand, check, read};

use crate::call::Call;
use crate::said::Said;
use crate::value::Value::{self, Count, Number};

/// What is said about a condition in a rule that makes sense with any condition, for a breaker with this window.
fn condition(call: &Call, window: Window) -> Said {
    let mut said = Said::default();
    let text = format!("failures(9) | min(7) & failures(8) & {}", call.text());
    if let Some(rule) = said.read(&text, |tokens| read::rule(tokens, &window)) {
        let timeout = Spelled(DEFAULT_TIMEOUT).to_string();
        let nodes = rule.nodes().expect("no constants");
        said.read(&timeout, |tokens| read::half_open_timeout(tokens, &nodes));
    }
    call.check(&mut said);
    let members = [Node::failures(9), Node::All(3), Node::min(7), Node::failures(8), call.node()];
    let nodes: Vec<_> = [Node::Any(5)].into_iter().chain(members).collect();
    said.check_rule(&nodes, window, DEFAULT_TIMEOUT);
    said.ask_rule(&nodes, &window, DEFAULT_TIMEOUT);
    said
}

/// What is said about a word of a setting.
fn word(vocabulary: &Vocabulary, call: &Call) -> Vec<Said> {
    let mut said = Said::default();
    let text = call.text();
    if *vocabulary == TRIP {
        return [Window::count(100), Window::time(Duration::from_secs(60))]
            .map(|window| condition(call, window))
            .into();
    }
    call.check(&mut said);
    if *vocabulary == WINDOW {
        let window = call.window();
        said.read(&text, read::window);
        said.check(move || check::window(&window));
        said.ask(&by_hand::window(&window));
    } else if *vocabulary == RETRY {
        let retry = call.retry();
        said.read(&text, read::retry);
        said.check(move || check::retry(&retry));
        said.ask(&by_hand::retry(&retry));
    } else if *vocabulary == PERMIT {
        let permit = call.permit();
        said.read(&text, read::permit);
        said.check(move || check::permit(&permit));
        said.ask(&by_hand::permit(&permit));
    } else if *vocabulary == ON_CANCEL {
        let [(_, Value::Duration(after))] = call.arguments[..] else { panic!("how is `{text}` written?") };
        said.read(&text, |tokens| read::word(tokens, "on_cancel", &ON_CANCEL));
        said.ask(&by_hand::on_cancel_after(after));
    } else {
        panic!("how is `{}` written in Rust?", vocabulary.setting);
    }
    vec![said]
}

/// What is said about an argument with a single value.
fn single(parameter: &'static Parameter, value: Value) -> Said {
    let mut said = Said::default();
    said.read(&value.text(parameter.kind), |tokens| read::argument(tokens, parameter));
    said.check(move || value.check(parameter.kind));
    let expected = |normal: Option<f64>, outage: Option<f64>| {
        let [normal, outage] = [normal, outage].map(|share| share.map(Ratio::new));
        let rule = Rule::from_nodes(vec![Node::custom("..", |_| false)]);
        by_hand::expectations(&rule, &Window::count(100), Expectations { normal, outage })
    };
    said.ask(&match (parameter.name, value) {
        ("normal", Number(share)) => expected(Some(share), None),
        ("outage", Number(share)) => expected(None, Some(share)),
        ("max_half_open_calls", Count(calls)) => by_hand::max_half_open_calls(calls as u32),
        ("half_open_timeout", Value::Duration(timeout)) => by_hand::half_open_timeout(timeout, &[]),
        ("max_keys", Count(keys)) => by_hand::max_keys(keys),
        ("key_idle", Value::Duration(idle)) => by_hand::key_idle(idle),
        // Only the attribute has it.
        ("timeout", _) => {
            said.by_hand.clone_from(&said.literal);
            return said;
        }
        (name, _) => panic!("how is `{name}` written in Rust?"),
    });
    said
}

/// The literal and the hand-built setting get the same messages, and the constant equally many: their text differs,
/// because const evaluation cannot format figures.
#[track_caller]
fn assert_alike(text: &str, said: &Said) {
    assert_eq!(said.literal, said.by_hand, "{text}");
    assert_eq!(said.literal.len(), said.constant.len(), "{text}: {said:#?}");
}

#[test]
fn every_parameter_of_a_word_takes_the_same_values_everywhere() {
    for vocabulary in [&TRIP, &WINDOW, &RETRY, &PERMIT, &ON_CANCEL, &OUTCOME] {
        for entry in vocabulary.entries {
            let positional = [false, true].map(|is_before_keywords| entry.positional(is_before_keywords));
            for parameter in positional.into_iter().flatten().chain(entry.keywords) {
                for value in Value::samples(parameter.kind) {
                    for call in Call::with(entry, parameter, value) {
                        for said in word(vocabulary, &call) {
                            assert_alike(&call.text(), &said);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_single_value_is_the_same_everywhere() {
    for parameter in SINGLE_VALUES {
        for value in Value::samples(parameter.kind) {
            let text = format!("{} = {}", parameter.name, value.text(parameter.kind));
            assert_alike(&text, &single(parameter, value));
        }
    }
}
