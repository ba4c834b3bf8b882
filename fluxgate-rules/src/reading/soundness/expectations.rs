//! Where a rule falls short of `normal` and `outage`.

use crate::figures::bounds::{FalseAlarm, Oversight, false_alarm, oversight};
use crate::figures::nearest::{Expectations, nearest};
use crate::figures::spelled::{Chance, Count, Odds, grouped};
use crate::figures::thresholds::UnknownPart;
use crate::language::syntax::{Branch, WrittenRule};
use crate::language::vocabulary::Parameter;
use crate::logic::flaws;
use crate::model::ratio::{Percent, Ratio};
use crate::model::rule::{self, Condition, Node, Rule};
use crate::model::window::{Extent, Window};
use crate::text::problem::Problem;
use crate::text::token::{Token, TokenRange, spell};

/// How a written rule falls short of the expectations, with the nearest rule that meets them.
pub(crate) fn unmet(
    tokens: &[Token],
    rule: &WrittenRule,
    window: Option<&Window>,
    expectations: Expectations,
) -> Vec<Problem> {
    let place = TokenRange::whole(tokens);
    let Some((nodes, window)) = rule.nodes().zip(window) else {
        let is_constant = |branch: &Branch| matches!(branch, Branch::Condition(call) if call.is_constant());
        let at = rule.branches.iter().position(is_constant);
        let place = at.map_or(place, |at| rule.places[at]);
        let constant =
            at.map_or("`window`".to_owned(), |at| format!("`{}`", spell(rule.places[at].of(tokens))));
        return vec![unknown(place, &constant)];
    };
    let as_rule = |nodes: &[Node]| {
        rule::spell(nodes, &|at| match (&nodes[at], &rule.branches[at]) {
            // Only the tokens contain the path.
            (Node::Condition(Condition::Custom { .. }), Branch::Condition(call)) => {
                spell(call.place.of(tokens))
            }
            (Node::Condition(condition), _) => condition.to_string(),
            (Node::All(_) | Node::Any(_), _) => String::new(),
        })
    };
    let Some((what, nearest)) = shortfall(&nodes, window, expectations) else { return Vec::new() };
    let problem = Problem::new(place, what);
    vec![match nearest {
        Ok(nodes) => problem.correct(as_rule(&nodes)),
        Err(help) => problem.help(help),
    }]
}

/// The same for the default rule. It is reported at `tokens`, which belong to another setting.
pub(crate) fn unmet_by_default(
    tokens: &[Token],
    window: Option<&Window>,
    expectations: Expectations,
) -> Vec<Problem> {
    let place = TokenRange::whole(tokens);
    let Some(window) = window else { return vec![unknown(place, "`window`")] };
    let nodes = Rule::standard(window.size());
    let Some((what, nearest)) = shortfall(&nodes, window, expectations) else { return Vec::new() };
    let problem = Problem::new(place, what);
    vec![match nearest {
        Ok(nodes) => problem.help(format!("add `trip = {}`", Rule::from_nodes(nodes))),
        Err(help) => problem.help(help),
    }]
}

/// A share whose value is not known.
pub(crate) fn constant_share(tokens: &[Token], parameter: &Parameter) -> Problem {
    let Parameter { name, example, .. } = parameter;
    let what = format!(
        "`{}` is a constant, but the rule is checked against `{name}` before constants are known",
        spell(tokens)
    );
    Problem::new(TokenRange::whole(tokens), what)
        .help(format!("write a number, such as `{name} = {example}`"))
}

fn unknown(place: TokenRange, what: &str) -> Problem {
    let what =
        format!("`normal` and `outage` need all numbers of rule and window, and {what} has a constant");
    Problem::new(place, what).help("write the number, or ask `trip::Rule::explain` in a test instead")
}

/// How the rule falls short, and the nearest rule that does not, or else advice.
type Shortfall = (String, Result<Vec<Node>, String>);

fn shortfall(nodes: &[Node], window: &Window, expectations: Expectations) -> Option<Shortfall> {
    if let Some(what) = contradiction(expectations) {
        let help = "write the share of calls that fail in an outage, such as `outage = 80%`";
        return Some((what, Err(help.to_owned())));
    }
    let overlooked = |share: Ratio| {
        Some(overlooks(share, oversight(nodes, window, share.as_f64(), UnknownPart::Holds)?, window))
    };
    let alarming = |share: Ratio| Some(alarms(share, false_alarm(nodes, window, share.as_f64())?));
    // One rule meets both, so they are one problem.
    let whats = [expectations.outage.and_then(overlooked), expectations.normal.and_then(alarming)];
    let whats: Vec<_> = whats.into_iter().flatten().collect();
    if whats.is_empty() {
        return None;
    }
    let nearest = nearest(nodes, window, expectations);
    Some((
        whats.join("; and ") + &without(nodes),
        nearest.ok_or_else(|| way_out(nodes, window, expectations)),
    ))
}

fn contradiction(expectations: Expectations) -> Option<String> {
    let (normal, outage) = (expectations.normal?, expectations.outage?);
    (normal >= outage).then(|| {
        let (normal, outage) = (Percent(normal), Percent(outage));
        format!("`outage`, {outage}, must be above `normal`, {normal}: in an outage, more calls fail")
    })
}

fn alarms(normal: Ratio, alarm: FalseAlarm) -> String {
    let normal = Percent(normal);
    match alarm {
        FalseAlarm::First(chance, Some(calls)) => format!(
            "with {normal} of calls failing, this rule opens {} healthy breaker{} within the first {} calls",
            Odds(chance),
            if chance > 0.9995 { "" } else { "s" },
            grouped(calls)
        ),
        FalseAlarm::First(chance, None) => format!(
            "with {normal} of calls failing, this rule opens {} healthy breaker{} whose time window sees enough calls",
            Odds(chance),
            if chance > 0.9995 { "" } else { "s" },
        ),
        FalseAlarm::Repeated(calls, None) => {
            format!(
                "with {normal} of calls failing, this rule opens a healthy breaker once in about {} calls",
                Count(calls)
            )
        }
        FalseAlarm::Repeated(calls, Some(size)) => format!(
            "with {normal} of calls failing, this rule opens a healthy breaker once in about {} calls, \
             if its time window sees {}",
            Count(calls),
            grouped(size)
        ),
    }
}

fn overlooks(outage: Ratio, oversight: Oversight, window: &Window) -> String {
    let Oversight { chance, calls } = oversight;
    let calls = grouped(calls);
    let window = match window.extent {
        Extent::Count(_) => format!("a window of {calls} calls"),
        Extent::Time(_) => format!("a time window that sees {calls} calls"),
    };
    let outage = format!("an outage in which {} of calls fail", Percent(outage));
    match chance {
        0.0..0.0095 => format!("{outage} is hardly ever noticed within {window}"),
        0.95.. => format!("{outage} is noticed within {window} only {:.1}% of the time", chance * 100.0),
        _ => format!("{outage} is noticed within {window} only {} of the time", Chance(chance)),
    }
}

/// The conditions that the figures leave out.
fn without(nodes: &[Node]) -> String {
    let names = nodes.iter().filter_map(|node| match node {
        Node::Condition(condition) if condition.needs_more_than_failures() => {
            Some(format!("`{}`", condition.word()))
        }
        _ => None,
    });
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { String::new() } else { format!(", even without {}", names.join(" and ")) }
}

/// Advice if no numbers are right.
fn way_out(nodes: &[Node], window: &Window, expectations: Expectations) -> String {
    let counts = |node: &Node| matches!(node, Node::Condition(Condition::Failures(_)));
    if matches!(window.extent, Extent::Time(_)) && nodes.iter().any(counts) && expectations.normal.is_some() {
        let rule = with_rates(nodes, window, expectations);
        let rule = rule.unwrap_or_else(|| "min(..) & failure_rate(..)".to_owned());
        format!("in a time window, enough calls reach any number of failures: write `{rule}`")
    } else if expectations.outage.is_some() && expectations.normal.is_some() {
        "no numbers in this rule can tell the two shares apart: use a larger window, or shares further apart"
            .to_owned()
    } else {
        "no numbers in this rule are enough: take a window of more calls, or another share".to_owned()
    }
}

/// The nearest rule that meets the expectations with rates in place of numbers of failures.
fn with_rates(nodes: &[Node], window: &Window, expectations: Expectations) -> Option<String> {
    let with = |rate: &dyn Fn(u32) -> String| {
        let text = rule::spell(nodes, &|at| match &nodes[at] {
            Node::Condition(Condition::Failures(count)) => rate(*count),
            Node::Condition(condition) => condition.to_string(),
            Node::All(_) | Node::Any(_) => String::new(),
        });
        text.parse().ok().filter(|rule: &Rule| flaws::is_valid_rule(rule.nodes(), window))
    };
    // A rate needs a `min`, unless the rule has one already.
    let rule = with(&|_| "failure_rate(50%)".to_owned())
        .or_else(|| with(&|count| format!("(min({count}) & failure_rate(50%))")))?;
    Some(Rule::from_nodes(nearest(rule.nodes(), window, expectations)?).to_string())
}
