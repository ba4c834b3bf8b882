//! Reports the [flaws](Flaw) of a rule that is spelled correctly, with their places.

use crate::language::syntax::Rule;
use crate::language::vocabulary::Kind;
use crate::logic::check::{self, Flaw};
use crate::model::metrics::MAX_THRESHOLDS;
use crate::model::rule::{Condition, Node};
use crate::model::window::Window;
use crate::reading::read::Reading;
use crate::text::problem::Problem;
use crate::text::token::{Place, Token, spell};

/// Judges the rule of a breaker with this window, unless it contains values that only the compiler knows.
pub(crate) fn judge(tokens: &[Token], rule: Rule, window: &Window) -> Reading<Rule> {
    let Some(nodes) = rule.nodes() else { return Ok(rule) };
    let problems = Judge { tokens, places: &rule.places, nodes: &nodes, window }.problems();
    if problems.is_empty() { Ok(rule) } else { Err(problems) }
}

struct Judge<'a> {
    tokens: &'a [Token],
    places: &'a [Place],
    nodes: &'a [Node],
    window: &'a Window,
}

impl Judge<'_> {
    fn problems(&self) -> Vec<Problem> {
        if let Some(flaw) = check::size_flaw(self.nodes) {
            let help = format!("{MAX_THRESHOLDS} are allowed: let conditions share a threshold");
            return vec![Problem::new(self.places[0], flaw.what()).help(help)];
        }
        let mut problems = Vec::new();
        let mut unguarded = Vec::new();
        let mut node = 0;
        while node < self.nodes.len() {
            if check::is_dead(self.nodes, node) {
                problems.push(self.dead(node));
                node += self.nodes[node].size();
                continue;
            }
            match check::condition_flaw(self.nodes, node, self.window) {
                Some(Flaw::BeyondWindow) => problems.extend(self.beyond(node)),
                // Reported once per group, since one `min` guards all its members.
                Some(Flaw::Unguarded) if !unguarded.contains(&self.requirements(node)) => {
                    unguarded.push(self.requirements(node));
                    problems.push(self.unguarded(node));
                }
                _ => {}
            }
            node += 1;
        }
        if problems.is_empty() {
            match check::rule_flaw(self.nodes, self.window) {
                Some(Flaw::TripsOnHealth) => self.healthy(0, &mut problems),
                Some(flaw) => problems.push(self.stateless(flaw)),
                None => {}
            }
        }
        problems
    }

    fn text(&self, node: usize) -> String {
        spell(self.places[node].of(self.tokens))
    }

    fn members(&self, node: usize) -> impl Iterator<Item = usize> {
        let end = node + self.nodes[node].size();
        let first = Some(node + 1).filter(|first| *first < end);
        core::iter::successors(first, move |member| {
            Some(member + self.nodes[*member].size()).filter(|next| *next < end)
        })
    }

    /// The `&`-group that has the node as a member, or else the node itself.
    fn requirements(&self, node: usize) -> usize {
        let is_parent = |group: &usize| {
            matches!(self.nodes[*group], Node::All(_)) && self.members(*group).any(|member| member == node)
        };
        (0..node).find(is_parent).unwrap_or(node)
    }

    fn dead(&self, node: usize) -> Problem {
        let problem = Problem::new(self.places[node], Flaw::NeverHolds.what());
        let is_state = |member: &usize| {
            matches!(self.nodes[*member], Node::Condition(Condition::Closed | Condition::HalfOpen))
        };
        let rest: Vec<_> =
            self.members(node).filter(|member| !is_state(member)).map(|member| self.text(member)).collect();
        match self.nodes[node] {
            Node::All(_) if !rest.is_empty() => {
                let correction = rest.join(" & ");
                problem
                    .help(format!("write `{correction}` for both states, or keep only one of the two"))
                    .correct(correction)
            }
            _ => problem.help("remove it"),
        }
    }

    fn beyond(&self, node: usize) -> Option<Problem> {
        let size = self.window.size();
        let (word, count) = match self.nodes[node] {
            Node::Condition(Condition::Min(count)) => ("min", count),
            Node::Condition(Condition::Failures(count)) => ("failures", count),
            _ => return None,
        };
        let what = format!(
            "`{word}({count})` can never hold on a closed breaker: its window remembers {size} calls"
        );
        let correction = format!("{word}({size})");
        let help = if u64::from(count) <= Kind::Size.greatest() {
            format!("write `{correction}`, or `window = count({count})`")
        } else {
            format!("write `{correction}`")
        };
        Some(Problem::new(self.places[node], what).help(help).correct(correction))
    }

    fn unguarded(&self, node: usize) -> Problem {
        let text = self.text(node);
        let bad = match self.nodes[node] {
            Node::Condition(Condition::FailureRate(_)) => "failed",
            _ => "slow",
        };
        let what = format!("`{text}` is not guarded by `min`: it trips on the first {bad} call");
        let correction = format!("{} & {text}", self.min());
        let help = format!("write `{correction}`, or `min(1) & ..` if that is meant");
        Problem::new(self.places[node], what).help(help).correct(correction)
    }

    /// A `min` for a rate, within the window's size.
    fn min(&self) -> String {
        format!("min({})", self.window.size().min(10))
    }

    /// Blames the members of a `|`-group that trip on healthy traffic; otherwise, the node as a whole.
    fn healthy(&self, node: usize, problems: &mut Vec<Problem>) {
        if let Node::Any(_) = self.nodes[node] {
            let guilty = self.members(node).filter(|member| check::trips_on_health(self.nodes, *member));
            return guilty.for_each(|member| self.healthy(member, problems));
        }
        let text = self.text(node);
        let what =
            format!("`{text}` trips on healthy traffic: it holds even when no call failed and none was slow");
        let condition = if text.contains("min(") {
            "failure_rate(0.5)".to_owned()
        } else {
            format!("failures({})", self.window.size().min(5))
        };
        problems.push(Problem::new(self.places[node], what).correct(format!("{text} & {condition}")));
    }

    fn stateless(&self, flaw: Flaw) -> Problem {
        let (state, min) = match flaw {
            Flaw::NeverTripsHalfOpen => ("half_open", "min(10)".to_owned()),
            _ => ("closed", self.min()),
        };
        let correction = format!("{} | {state} & {min} & failure_rate(0.5)", self.text(0));
        let help = format!("add a branch for it: `{correction}`");
        Problem::new(self.places[0], flaw.what()).help(help).correct(correction)
    }
}
