//! Conditions, windows and time limits that are right by themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use fluxgate_rules::duration::Spelled;
use fluxgate_rules::{Node, Rule, Window, read};
use proptest::prelude::*;

use crate::said::Said;

/// Conditions whose values do not fit every other condition, window or time limit.
fn node() -> impl Strategy<Value = Node> {
    let second = Duration::from_secs(1);
    proptest::sample::select(vec![
        Node::closed(),
        Node::half_open(),
        Node::min(5),
        Node::min(200),
        Node::failures(3),
        Node::failures(200),
        Node::failure_streak(3),
        Node::failure_streak(2_000_000),
        Node::in_flight(4),
        Node::failing_for(second),
        Node::failure_rate(0.5),
        Node::failure_rate(0.5).sure(0.95),
        Node::failure_rate(0.95).sure(0.95),
        Node::failure_rate(0.999_999).sure(0.95),
        Node::slow_rate(0.5, second),
        Node::slow_rate(0.5, 120 * second),
        Node::avg_latency(second),
        Node::avg_latency(90 * second),
    ])
}

fn rule() -> impl Strategy<Value = Rule> {
    let rule = node().prop_map(|node| Rule::from_nodes(vec![node]));
    rule.prop_recursive(3, 6, 3, |inner| {
        (proptest::collection::vec(inner, 2..4), any::<bool>()).prop_map(|(members, all)| {
            let join = |one, two| if all { one & two } else { one | two };
            members.into_iter().reduce(join).expect("members")
        })
    })
}

fn window() -> impl Strategy<Value = Window> {
    proptest::sample::select(vec![
        Window::count(5),
        Window::count(100),
        Window::time(Duration::from_secs(60)),
    ])
}

const HUNG: &str = "hung before they are slow";

/// The flaws that messages speak of, by words that all of their forms share.
fn flaws(messages: &[String]) -> BTreeSet<&'static str> {
    const FLAWS: [&str; 11] = [
        "no breaker is `closed` and `half_open` at once",
        "can never hold on a closed breaker",
        "trial of",
        "calls to be sure, and so does its trial",
        "is not guarded by `min`",
        "trips on healthy traffic",
        "can never trip a closed breaker",
        "can never trip a half-open breaker",
        "only `in_flight` could trip this rule",
        "in half-open this rule never holds",
        HUNG,
    ];
    let flaw = |message: &String| {
        let is_in = |flaw: &&&str| message.contains(**flaw);
        *FLAWS.iter().find(is_in).unwrap_or_else(|| panic!("another flaw: {message}"))
    };
    messages.iter().map(flaw).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_does_not_fit_together_is_refused_alike(
        rule in rule(), window in window(), timeout in proptest::sample::select(vec![1, 60, 100, 300]),
    ) {
        let timeout = Duration::from_secs(timeout);
        let mut said = Said::default();
        let text = rule.to_string();
        if let Some(rule) = said.read(&text, |tokens| read::rule(tokens, &window)) {
            let nodes = rule.nodes().expect("no constants");
            said.read(&Spelled(timeout).to_string(), |tokens| read::half_open_timeout(tokens, &nodes));
        }
        prop_assume!(!said.literal.iter().any(|message| message.contains("is given twice")));
        said.check_rule(rule.nodes(), window, timeout);
        said.ask_rule(rule.nodes(), &window, timeout);
        prop_assert_eq!(&said.literal, &said.by_hand);
        let (mut literal, constant) = (flaws(&said.literal), flaws(&said.constant));
        prop_assert_eq!(literal.is_empty(), constant.is_empty(), "{}: {:#?}", text, said);
        // Const evaluation also judges the time limit of a wrong rule, and a rule as a whole only if its parts are right.
        literal.insert(HUNG);
        prop_assert!(constant.is_subset(&literal), "{}: {:#?}", text, said);
    }
}
