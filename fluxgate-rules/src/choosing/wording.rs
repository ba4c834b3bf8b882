//! A rule in words.

use crate::figures::spelled::grouped;
use crate::logic::trial::Plan;
use crate::model::duration::Spelled;
use crate::model::ratio::Percent;
use crate::model::rule::{Condition, Node, members};
use crate::model::window::{Extent, Window};

/// The rule in words, and what a trial needs.
pub(crate) fn words(nodes: &[Node], window: &Window) -> String {
    let calls = match window.extent {
        Extent::Count(size) => format!("the last {} calls", grouped(size as u64)),
        Extent::Time(duration) => format!("the calls of the last {}", Spelled(duration)),
    };
    let closed = phrase(nodes, false);
    let of_closed = format!("A closed breaker looks at {calls}. It opens when {closed}.\n");
    let of_half_open = Plan::of(nodes).map(|plan| {
        let half_open = phrase(nodes, true);
        let when = if half_open == closed { "the same holds for them".to_owned() } else { half_open };
        let good = match plan.good {
            1 => "1 call was good".to_owned(),
            good => format!("{} were good", grouped(u64::from(good))),
        };
        let length = match plan.length {
            1 => "1 call".to_owned(),
            length => format!("{} calls", grouped(u64::from(length))),
        };
        format!(
            "A half-open one tries {length}, fewer if they settle it: it re-opens when {when}, \
             and passes once that can no longer happen and {good}.\n"
        )
    });
    wrapped(&of_closed) + &of_half_open.map(|text| wrapped(&text)).unwrap_or_default()
}

/// Wraps a sentence to the width of a terminal.
pub(super) fn wrapped(sentence: &str) -> String {
    const WIDTH: usize = 100;
    let (mut text, mut column) = (String::new(), 0);
    for word in sentence.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += length;
    }
    text + "\n"
}

/// The rule in one of the two states.
fn phrase(nodes: &[Node], half_open: bool) -> String {
    match reading(nodes, 0, half_open) {
        StateReading::Always => "it has made a call".to_owned(),
        StateReading::Never => "never".to_owned(),
        StateReading::When(Clause::Any(alternatives)) => joined(&alternatives, ", or when "),
        StateReading::When(clause) => clause.to_text(),
    }
}

/// What remains of a node once the state is known.
enum StateReading {
    Always,
    Never,
    When(Clause),
}

/// Conditions in words, and how they are joined. `All` and `Any` have at least two members.
enum Clause {
    Condition(String),
    All(Vec<Clause>),
    Any(Vec<Clause>),
}

impl Clause {
    /// Alternatives follow everything else, each group after its own "either", so that it is clear how far each reaches.
    fn to_text(&self) -> String {
        match self {
            Self::Condition(text) => text.clone(),
            Self::All(members) => {
                let (choices, conditions): (Vec<_>, Vec<_>) =
                    members.iter().partition(|member| matches!(member, Self::Any(_)));
                let choices = joined(choices, ", and ");
                let conditions = joined(conditions, " and ");
                [conditions, choices]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join(" and ")
            }
            Self::Any(members) => {
                let is_plain = members.iter().all(|member| matches!(member, Self::Condition(_)));
                format!("either {}", joined(members, if is_plain { " or " } else { ", or " }))
            }
        }
    }
}

fn joined<'a>(clauses: impl IntoIterator<Item = &'a Clause>, separator: &str) -> String {
    clauses.into_iter().map(Clause::to_text).collect::<Vec<_>>().join(separator)
}

fn reading(nodes: &[Node], at: usize, half_open: bool) -> StateReading {
    let is_all = match nodes[at] {
        Node::Condition(condition) => return of_condition(condition, half_open),
        Node::All(_) => true,
        Node::Any(_) => false,
    };
    let mut clauses = Vec::new();
    for member in members(nodes, at) {
        match reading(nodes, member, half_open) {
            StateReading::Always if !is_all => return StateReading::Always,
            StateReading::Never if is_all => return StateReading::Never,
            StateReading::Always | StateReading::Never => {}
            StateReading::When(Clause::All(members)) if is_all => clauses.extend(members),
            StateReading::When(Clause::Any(members)) if !is_all => clauses.extend(members),
            StateReading::When(clause) => clauses.push(clause),
        }
    }
    match (clauses.len(), is_all) {
        (0, true) => StateReading::Always,
        (0, false) => StateReading::Never,
        (1, _) => StateReading::When(clauses.remove(0)),
        (_, true) => StateReading::When(Clause::All(clauses)),
        (_, false) => StateReading::When(Clause::Any(clauses)),
    }
}

fn of_condition(condition: Condition, half_open: bool) -> StateReading {
    let number = |count: u32| grouped(u64::from(count));
    let text = match condition {
        Condition::Closed => return if half_open { StateReading::Never } else { StateReading::Always },
        Condition::HalfOpen => return if half_open { StateReading::Always } else { StateReading::Never },
        Condition::Min(count) => format!("there are at least {}", number(count)),
        Condition::FailureRate(ratio) => format!("at least {} failed", Percent(ratio)),
        Condition::SureFailureRate(rate) => {
            format!(
                "more than {} failed beyond what chance explains ({} sure)",
                Percent(rate.share()),
                Percent(rate.sure())
            )
        }
        Condition::Failures(count) => format!("at least {} failed", number(count)),
        Condition::FailureStreak(1) => "the latest failed".to_owned(),
        Condition::FailureStreak(count) => format!("the latest {} failed", number(count)),
        Condition::SlowRate(ratio, threshold) => {
            format!("at least {} took {} or longer", Percent(ratio), Spelled(threshold))
        }
        Condition::AvgLatency(threshold) => format!("they took {} or longer on average", Spelled(threshold)),
        Condition::FailingFor(duration) => format!("no call has succeeded for {}", Spelled(duration)),
        Condition::InFlight(count) => format!("{} calls run at once", number(count)),
        Condition::Custom { path: "" | "..", .. } => "your function says so".to_owned(),
        Condition::Custom { path, .. } => format!("`{path}` says so"),
    };
    StateReading::When(Clause::Condition(text))
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::model::rule::Rule;
    use crate::model::window::Window;

    #[test]
    fn a_rule_reads_as_a_sentence() {
        for (rule, window, expected) in [
            (
                "min(10) & failure_rate(50%)",
                "count(100)",
                "A closed breaker looks at the last 100 calls. It opens when there are at least 10 and at least 50% failed.\n\
                 A half-open one tries 10 calls, fewer if they settle it: it re-opens when the same holds for them, \
                 and passes once that can no longer happen and 5 were good.\n",
            ),
            (
                "min(20) & (failure_rate(0.5) | slow_rate(0.3, 1s)) | failure_streak(5)",
                "time(60s)",
                "A closed breaker looks at the calls of the last 1m. It opens when there are at least 20 and either at least \
                 50% failed or at least 30% took 1s or longer, or when the latest 5 failed.\n\
                 A half-open one tries 20 calls, fewer if they settle it: it re-opens when the same holds for them, \
                 and passes once that can no longer happen and 10 were good.\n",
            ),
            (
                "min(10) & failure_rate(0.5) | in_flight(50)",
                "count(100)",
                "A closed breaker looks at the last 100 calls. It opens when there are at least 10 and at least 50% failed, \
                 or when 50 calls run at once.\n\
                 A half-open one tries 10 calls, fewer if they settle it: it re-opens when the same holds for them, \
                 and passes once that can no longer happen and 5 were good.\n",
            ),
            (
                "(failure_rate(50%) | failures(3) & slow_rate(30%, 1s)) & min(10) & (failing_for(2s) | in_flight(50))",
                "count(100)",
                "A closed breaker looks at the last 100 calls. It opens when there are at least 10 and either at least 50% failed, \
                 or at least 3 failed and at least 30% took 1s or longer, and either no call has succeeded for 2s \
                 or 50 calls run at once.\n\
                 A half-open one tries 10 calls, fewer if they settle it: it re-opens when the same holds for them, \
                 and passes once that can no longer happen and 10 were good.\n",
            ),
            (
                "closed & failures(5) & failing_for(2s) | half_open & failures(1)",
                "count(1000)",
                "A closed breaker looks at the last 1,000 calls. It opens when at least 5 failed and no call has succeeded for 2s.\n\
                 A half-open one tries 1 call, fewer if they settle it: it re-opens when at least 1 failed, \
                 and passes once that can no longer happen and 1 call was good.\n",
            ),
        ] {
            let rule: Rule = rule.parse().expect("a rule");
            let window: Window = window.parse().expect("a window");
            let words = words(rule.nodes(), &window);
            assert_eq!(words.replace('\n', " ").trim_end(), expected.replace('\n', " ").trim_end());
            assert!(words.lines().all(|line| line.len() <= 100));
        }
    }
}
