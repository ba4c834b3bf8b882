//! Rules that are well-formed but make no sense.
//!
//! All flaws are found at once, along with everything else wrong with the rule. So only what is certain counts: if a
//! condition could not be read, a flaw that depends on it is not reported.

use core::time::Duration;

use crate::language::syntax::Branch;
use crate::logic::flaws::{self, Flaw};
use crate::logic::promises::blind_spot;
use crate::logic::trial;
use crate::model::duration::Spelled;
use crate::model::limits::{MAX_THRESHOLDS, MAX_TRIAL, MAX_WINDOW_SIZE};
use crate::model::metrics::nanos;
use crate::model::rule::{Condition, Node, Rule, members, subtree};
use crate::model::window::Window;
use crate::reading::operators::operator;
use crate::reading::parser::Parsed;
use crate::reading::soundness::outline::{ANYTHING, Known, Outline};
use crate::text::problem::{Problem, Suggestion};
use crate::text::token::{Token, TokenRange, spell};

/// Whether a member of a group may be spelled like another. Functions passed at run time are all spelled alike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeats {
    Allowed,
    Refused,
}

/// Everything wrong with the rule of a breaker with this window, in text order.
pub(crate) fn problems(tokens: &[Token], parsed: &Parsed, window: &Window, repeats: Repeats) -> Vec<Problem> {
    if is_settled(tokens, &parsed.problems) {
        return parsed.problems.clone();
    }
    let repeated = match repeats {
        Repeats::Refused => repeated(tokens, parsed),
        Repeats::Allowed => Vec::new(),
    };
    let mut problems = parsed.problems.clone();
    problems.extend(repeated.iter().map(|place| given_twice(tokens, *place)));
    // If only constants are unknown, const evaluation finds the rest.
    if (!problems.is_empty() || !parsed.rule.is_constant())
        && let Some(outline) = Outline::of(tokens, parsed)
    {
        let Outline { nodes, places, known, has_too_many_thresholds } = outline;
        let mut examiner = Examiner { tokens, nodes, places, known, window, repeated, problems };
        if has_too_many_thresholds {
            examiner.too_many_thresholds();
        }
        examiner.conditions();
        if !is_settled(tokens, &examiner.problems) {
            examiner.whole();
        }
        problems = examiner.problems;
    }
    problems.sort_by_key(|problem| problem.place.start);
    problems
}

/// Whether the only problem's suggestion replaces the whole rule, and so [corrects](crate::suggestion::repair::settled)
/// the rest as well.
fn is_settled(tokens: &[Token], problems: &[Problem]) -> bool {
    let whole = TokenRange::whole(tokens);
    let [problem] = problems else { return false };
    problem.suggestion().is_some_and(|Suggestion { range, .. }| *range == whole)
}

/// The members of groups that are spelled like an earlier one. Unreadable ones may be meant to differ.
fn repeated(tokens: &[Token], parsed: &Parsed) -> Vec<TokenRange> {
    let Parsed { rule, wrong, unclear, .. } = parsed;
    let mut repeated = Vec::new();
    for (group, branch) in rule.branches.iter().enumerate() {
        let (Branch::All(members) | Branch::Any(members)) = *branch else { continue };
        let mut seen = Vec::new();
        let mut at = group + 1;
        while at <= group + members {
            let place = rule.places[at];
            let text = spell(place.of(tokens));
            let subtree = at..at + rule.size(at);
            let is_read = !wrong.iter().chain(unclear).any(|unread| subtree.contains(unread));
            // Functions passed at run time are all spelled alike, but may differ.
            if is_read && seen.contains(&text) && !text.contains("custom(..)") {
                repeated.push(place);
            }
            seen.push(text);
            at = subtree.end;
        }
    }
    repeated
}

fn given_twice(tokens: &[Token], place: TokenRange) -> Problem {
    let mut all = place;
    while all.start > 0
        && tokens[all.start - 1].is("(")
        && tokens.get(all.end).is_some_and(|close| close.is(")"))
    {
        all = TokenRange::new(all.start - 1, all.end + 1);
    }
    let with_operator = all.with_separator(tokens, |token| operator(token).is_some());
    let what = format!("`{}` is given twice", spell(place.of(tokens)));
    Problem::new(place, what).help("remove one of them").correct_at(with_operator, "")
}

struct Examiner<'a> {
    tokens: &'a [Token],
    nodes: Vec<Node>,
    places: Vec<TokenRange>,
    known: Vec<Known>,
    window: &'a Window,
    /// The places of members to remove.
    repeated: Vec<TokenRange>,
    problems: Vec<Problem>,
}

impl Examiner<'_> {
    fn too_many_thresholds(&mut self) {
        let help = format!("{MAX_THRESHOLDS} are allowed: let conditions share a threshold");
        self.problems.push(Problem::new(self.places[0], Flaw::TooManyThresholds.what()).help(help));
    }

    /// Reports the flaws of individual conditions and groups. Those that never hold are left out when the rule is
    /// judged as a whole.
    fn conditions(&mut self) {
        let (mut unguarded, mut left_out) = (Vec::new(), Vec::new());
        let mut node = 0;
        while node < self.nodes.len() {
            let subtree = subtree(&self.nodes, node);
            if self.is_repeated(node) {
                node = subtree.end;
                continue;
            }
            if self.is_dead(node) {
                self.problems.push(self.dead(node));
                left_out.extend(subtree.clone());
                node = subtree.end;
                continue;
            }
            match self.condition_flaw(node) {
                Some(Flaw::BeyondWindow | Flaw::NeverSure) => {
                    self.problems.extend(self.beyond(node));
                    left_out.push(node);
                }
                Some(Flaw::LongTrial | Flaw::LongProof) => self.problems.extend(self.long_trial(node)),
                // Reported once per group, since one `min` guards all its members.
                Some(Flaw::Unguarded) if !unguarded.contains(&self.requirements(node)) => {
                    unguarded.push(self.requirements(node));
                    self.problems.push(self.unguarded(node));
                }
                _ => {}
            }
            node += 1;
        }
        if flaws::trips_on_health(&self.nodes, 0, self.window) {
            self.healthy(0);
        }
        for node in left_out {
            if let Node::Condition(_) = self.nodes[node] {
                self.nodes[node] = Node::Condition(ANYTHING);
                self.known[node] = Known::Word;
            }
        }
    }

    /// Reports that the rule never holds in one of the states, or misses in half-open what trips it while closed.
    fn whole(&mut self) {
        if self.known.contains(&Known::NoGroup) {
            return;
        }
        let problems = match flaws::states_flaw(&self.nodes, self.window) {
            Some(Flaw::BlindToFailures | Flaw::BlindToSlowCalls) if self.is_known(0) => self.blind(),
            None | Some(Flaw::BlindToFailures | Flaw::BlindToSlowCalls) => Vec::new(),
            Some(flaw) => vec![self.stateless(flaw)],
        };
        self.problems.extend(problems);
    }

    /// Whether the whole subtree at `node` is known.
    fn is_known(&self, node: usize) -> bool {
        let subtree = subtree(&self.nodes, node);
        self.known[subtree].iter().all(|known| *known == Known::All)
    }

    /// Whether nothing wrong was found within the subtree at `node`, so that it can be part of a suggestion.
    fn is_right(&self, node: usize) -> bool {
        let TokenRange { start, end } = self.places[node];
        let is_within = |problem: &Problem| problem.place.start < end && start < problem.place.end;
        self.is_known(node) && !self.problems.iter().any(is_within)
    }

    fn is_repeated(&self, node: usize) -> bool {
        self.repeated.contains(&self.places[node])
    }

    /// Whether the rule holds through the node only if another condition also holds, of which just one of `known` is
    /// known.
    fn depends_on(&self, node: usize, known: &[Known]) -> bool {
        let subtree = |at| subtree(&self.nodes, at);
        let groups = (0..node).filter(|group| subtree(*group).contains(&node));
        let groups = groups.filter(|group| matches!(self.nodes[*group], Node::All(_)));
        let mut others = groups
            .flat_map(|group| members(&self.nodes, group))
            .filter(|other| !subtree(*other).contains(&node));
        others.any(|other| self.known[subtree(other)].iter().any(|its| known.contains(its)))
    }

    /// Whether the condition or `&`-group never holds. In a `|`-group, each member is reported on its own.
    fn is_dead(&self, node: usize) -> bool {
        let mut subtree = subtree(&self.nodes, node);
        let is_clear = subtree.all(|at| self.known[at] != Known::NoGroup);
        is_clear
            && !matches!(self.nodes[node], Node::Any(_))
            && !self.depends_on(node, &[Known::NoGroup])
            && flaws::is_dead(&self.nodes, node, self.window)
    }

    /// What is certainly wrong with a condition.
    fn condition_flaw(&self, node: usize) -> Option<Flaw> {
        let is_certain = |flaw: &Flaw| match self.known[node] {
            Known::All => true,
            Known::Word => *flaw == Flaw::Unguarded,
            Known::Nothing | Known::NoGroup => false,
        };
        let flaw = flaws::condition_flaw(&self.nodes, node, self.window).filter(is_certain)?;
        (!self.depends_on(node, &[Known::Nothing, Known::NoGroup])).then_some(flaw)
    }

    fn text(&self, node: usize) -> String {
        spell(self.places[node].of(self.tokens))
    }

    /// The `&`-group that contains the node, or the node itself if there is none.
    fn requirements(&self, node: usize) -> usize {
        let is_parent = |group: &usize| {
            matches!(self.nodes[*group], Node::All(_))
                && members(&self.nodes, *group).any(|member| member == node)
        };
        (0..node).find(is_parent).unwrap_or(node)
    }

    fn dead(&self, node: usize) -> Problem {
        let problem = Problem::new(self.places[node], Flaw::NeverHolds.what());
        let is_state = |member: &usize| {
            matches!(self.nodes[*member], Node::Condition(Condition::Closed | Condition::HalfOpen))
        };
        let rest: Vec<_> = members(&self.nodes, node)
            .filter(|member| !is_state(member))
            .map(|member| self.text(member))
            .collect();
        match self.nodes[node] {
            Node::All(_) if !rest.is_empty() && self.is_right(node) => {
                problem.correct(rest.join(" & ")).aside(" for both states, or keep only one of the two")
            }
            Node::All(_) if !rest.is_empty() => problem.help("keep only one of the two"),
            _ => problem.help("remove it"),
        }
    }

    fn beyond(&self, node: usize) -> Option<Problem> {
        let Node::Condition(condition) = self.nodes[node] else { return None };
        let size = self.window.size();
        if let Condition::SureFailureRate(rate) = condition {
            let (text, calls) = (self.text(node), rate.calls());
            let what = format!(
                "`{text}` can never hold on a closed breaker: even if all calls fail, it takes {calls} to be sure, \
                 and the window remembers {size}"
            );
            let help = if calls as usize <= MAX_WINDOW_SIZE {
                format!("write `window = count({calls})`, a lower share, or a lower `sure`")
            } else {
                "write a lower share, or a lower `sure`".to_owned()
            };
            return Some(Problem::new(self.places[node], what).help(help));
        }
        let count = trial::length(condition);
        let possible = condition.with_calls(u32::try_from(size).ok()?)?;
        let what =
            format!("`{condition}` can never hold on a closed breaker: its window remembers {size} calls");
        let problem = Problem::new(self.places[node], what).correct(possible.to_string()).losing();
        let is_size = count as usize <= MAX_WINDOW_SIZE;
        Some(if is_size { problem.aside(format!(", or `window = count({count})`")) } else { problem })
    }

    fn long_trial(&self, node: usize) -> Option<Problem> {
        let Node::Condition(condition) = self.nodes[node] else { return None };
        let calls = trial::length(condition);
        let text = self.text(node);
        if let Condition::SureFailureRate(_) = condition {
            let what = format!(
                "`{text}` takes {calls} calls to be sure, and so does its trial; the limit is {MAX_TRIAL}"
            );
            return Some(
                Problem::new(self.places[node], what).help("write a lower share, or a lower `sure`"),
            );
        }
        let what = format!("`{text}` makes a trial of {calls} calls; the limit is {MAX_TRIAL}");
        let problem = Problem::new(self.places[node], what);
        let problem = problem.correct(condition.with_calls(MAX_TRIAL)?.to_string()).losing();
        // A condition that applies only to half-open need not be kept for closed breakers.
        let trips_closed = flaws::trips_closed_through(&self.nodes, node);
        let aside = format!(", or `closed & {text}` along with a branch for `half_open` that asks for fewer");
        Some(if trips_closed { problem.aside(aside) } else { problem })
    }

    fn unguarded(&self, node: usize) -> Problem {
        let text = self.text(node);
        let bad = match self.nodes[node] {
            Node::Condition(Condition::FailureRate(_)) => "failed",
            _ => "slow",
        };
        let what = format!("`{text}` is not guarded by `min`: it trips on the first {bad} call");
        let problem = Problem::new(self.places[node], what);
        if self.is_right(node) {
            let problem = problem.correct(format!("{} & {text}", self.min()));
            return problem.aside(", or `min(1) & ..` to allow that");
        }
        let help = format!("write `{} &` before it, or `min(1) &` to allow that", self.min());
        let first = TokenRange::at(self.places[node].start);
        problem.help(help).correct_at(first, format!("{} & {}", self.min(), spell(first.of(self.tokens))))
    }

    /// A `min` for a rate that fits the window.
    fn min(&self) -> String {
        format!("min({})", self.window.size().min(10))
    }

    /// Blames the members of a `|`-group that trip on healthy traffic; otherwise, the whole node.
    fn healthy(&mut self, node: usize) {
        if let Node::Any(_) = self.nodes[node] {
            let is_guilty = |member: &usize| {
                !self.is_repeated(*member) && flaws::trips_on_health(&self.nodes, *member, self.window)
            };
            let guilty: Vec<_> = members(&self.nodes, node).filter(is_guilty).collect();
            return guilty.into_iter().for_each(|member| self.healthy(member));
        }
        let text = self.text(node);
        let what =
            format!("`{text}` trips on healthy traffic: it holds even when no call failed and none was slow");
        let subtree = subtree(&self.nodes, node);
        let is_min = |node: &Node| matches!(node, Node::Condition(Condition::Min(_)));
        let condition = if self.nodes[subtree].iter().any(is_min) {
            "failure_rate(0.5)".to_owned()
        } else {
            format!("failures({})", self.window.size().min(5))
        };
        let problem = Problem::new(self.places[node], what);
        self.problems.push(if self.is_right(node) {
            problem.correct(format!("{text} & {condition}"))
        } else {
            let help = format!("add `& {condition}` to it");
            self.behind(node, problem.help(help), &format!("& {condition}"))
        });
    }

    /// Suggests adding text after a node that is itself wrong.
    fn behind(&self, node: usize, problem: Problem, more: &str) -> Problem {
        let last = TokenRange::at(self.places[node].end - 1);
        problem.correct_at(last, format!("{} {more}", spell(last.of(self.tokens))))
    }

    /// Suggests a branch for the calls that the rule does not see.
    fn with_branch(&self, problem: Problem, branch: &str) -> Problem {
        if self.is_right(0) {
            let correction = format!("{} | {branch}", self.text(0));
            return problem.help(format!("add a branch for it: `{correction}`")).correct(correction);
        }
        self.behind(0, problem.help(format!("add a branch for it: `| {branch}`")), &format!("| {branch}"))
    }

    /// What a half-open breaker does not see, by the shortest such calls, with a branch that sees those and longer
    /// ones.
    fn blind(&self) -> Vec<Problem> {
        let spot = |fail| blind_spot(&self.nodes, self.window, fail);
        let (failing, slow) = (spot(true), spot(false));
        // Failed calls may also be slow; then one branch sees both.
        let failing = failing.filter(|failing| slow.is_none_or(|slow| *failing < slow));
        let problem = |does: String, evidence: String| {
            let what = format!(
                "in half-open this rule never holds, however many calls {does}, although that trips a closed breaker"
            );
            self.with_branch(Problem::new(self.places[0], what), &format!("half_open & min(10) & {evidence}"))
        };
        let failing = failing.map(|duration| {
            let does = match duration {
                Duration::ZERO => "fail".to_owned(),
                _ => format!("fail after {}", Spelled(duration)),
            };
            problem(does, "failure_rate(0.5)".to_owned())
        });
        let slow = slow.map(|duration| {
            let is_threshold = Rule::measures(&self.nodes).threshold(nanos(duration)).is_some();
            let duration = Spelled(duration);
            // Adding a threshold might exceed the limit.
            let evidence = if is_threshold {
                format!("slow_rate(0.5, {duration})")
            } else {
                format!("avg_latency({duration})")
            };
            problem(format!("take {duration}"), evidence)
        });
        failing.into_iter().chain(slow).collect()
    }

    fn stateless(&self, flaw: Flaw) -> Problem {
        let (state, min) = match flaw {
            Flaw::NeverTripsHalfOpen | Flaw::OnlyInFlight => ("half_open", "min(10)".to_owned()),
            _ => ("closed", self.min()),
        };
        let problem = Problem::new(self.places[0], flaw.what());
        self.with_branch(problem, &format!("{state} & {min} & failure_rate(0.5)"))
    }
}
