//! Every word of the vocabulary becomes data that prints, reads back, and equals itself.
#![allow(missing_docs)]

use std::fmt::{Debug, Display};
use std::str::FromStr as _;

use fluxgate_rules::implied::implied;
use fluxgate_rules::lexer::lex;
use fluxgate_rules::vocabulary::{Entry, Kind, PERMIT, RETRY, TRIP, WINDOW};
use fluxgate_rules::{Condition, Node, Rule, read};

/// Words whose argument only the compiler knows are left out.
fn of_data(entries: &'static [Entry]) -> impl Iterator<Item = &'static Entry> {
    entries.iter().filter(|entry| !entry.positional.iter().any(|parameter| parameter.kind == Kind::Function))
}

fn is_kept<T: PartialEq + Debug + Display>(word: &str, text: &str, read: impl Fn(&str) -> Option<T>) {
    let value = read(text).unwrap_or_else(|| panic!("`{text}` is not data"));
    let printed = value.to_string();
    assert!(printed.contains(word), "`{text}` prints as `{printed}`");
    assert_eq!(Some(value), read(&printed));
}

/// The word's condition with example values.
fn condition(entry: &Entry) -> Condition {
    let text = format!("failures(9) | min(7) & failures(8) & {}", entry.example());
    let rule = Rule::from_str(&text).expect("a rule");
    match rule.nodes().last() {
        Some(Node::Condition(condition)) => *condition,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn conditions() {
    for entry in of_data(TRIP.entries) {
        // A rule that makes sense with any condition.
        let text = format!("failures(9) | min(7) & failures(8) & {}", entry.example());
        is_kept(entry.word, &text, |text| Rule::from_str(text).ok());
        for keyword in entry.keywords {
            let values = entry.positional.iter().map(|parameter| parameter.example.to_owned());
            let named = format!("{} = {}", keyword.name, keyword.example);
            let text = entry.with(&values.chain([named]).collect::<Vec<_>>());
            is_kept(keyword.name, &text, |text| Rule::from_str(text).ok());
        }
    }
}

#[test]
fn every_condition_implies_itself() {
    for entry in of_data(TRIP.entries) {
        let condition = Node::Condition(condition(entry));
        assert_eq!(implied(&[Node::Any(2), condition, condition]).len(), 1, "{}", entry.word);
    }
}

#[test]
fn windows_retries_and_permits() {
    for entry in of_data(WINDOW.entries) {
        is_kept(entry.word, &entry.example(), |text| read::window(&lex(text).tokens).ok()?.window());
    }
    for entry in of_data(RETRY.entries) {
        is_kept(entry.word, &entry.example(), |text| read::retry(&lex(text).tokens).ok()?.retry());
    }
    for entry in of_data(PERMIT.entries) {
        is_kept(entry.word, &entry.example(), |text| read::permit(&lex(text).tokens).ok()?.permit());
    }
}
