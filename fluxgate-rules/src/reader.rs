//! Tokens -> what they say, checked. This is all that a macro or a string needs to call.

use crate::brackets::Brackets;
use crate::call::Source;
use crate::check::{self, Flaw};
use crate::duration::Spelled;
use crate::metrics::MAX_THRESHOLDS;
use crate::parser;
use crate::problem::Problem;
use crate::retry::{Retry, Schedule};
use crate::rule::Node;
use crate::syntax::{Branch, Call, Rule, Value};
use crate::token::{Place, Shape, Token, spell};
use crate::value;
use crate::vocabulary::{Kind, PERMIT, RETRY, Vocabulary, WINDOW};
use crate::window::{Extent, Window};

/// What was read: all of it, or all that is wrong with it.
pub type Reading<T> = Result<T, Vec<Problem>>;

/// Reads the rule of a breaker that has this window. Where the rule or the window has a value that only the compiler
/// knows, [`check::rule`] has to look at what can be seen of neither here.
pub fn rule(tokens: &[Token], window: &Window) -> Reading<Rule> {
    let brackets = Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let (rule, mut problems) = parser::parse(tokens, &brackets);
    if problems.is_empty() {
        duplicates(tokens, &rule, &mut problems);
    }
    if let Some(nodes) = rule.nodes()
        && problems.is_empty()
    {
        Judge { tokens, rule: &rule, nodes: &nodes, window, problems: &mut problems }.judge();
    }
    if problems.is_empty() { Ok(rule) } else { Err(problems) }
}

/// Reads a window.
pub fn window(tokens: &[Token]) -> Reading<Call> {
    let call = word(tokens, "window", &WINDOW)?;
    let flaw = call.window().filter(|window| check::window_flaw(window).is_some());
    reject(call, flaw, |call, window| {
        let Extent::Time(duration) = window.extent else { return None };
        let buckets = (duration.as_nanos() / check::MIN_BUCKET.as_nanos()).min(1_000);
        let length = Spelled(core::time::Duration::from_nanos(window.bucket_nanos()));
        let what = format!(
            "the buckets of this window are too short: {} of {length}, where the shortest is 1us",
            window.bucket_count()
        );
        let correction = match buckets {
            0 => "time(10us)".to_owned(),
            _ => format!("time({}, buckets = {buckets})", Spelled(duration)),
        };
        Some(Problem::new(call.place, what).correct(correction))
    })
}

/// Reads a retry.
pub fn retry(tokens: &[Token]) -> Reading<Call> {
    let call = word(tokens, "retry", &RETRY)?;
    let flaw = call.retry().filter(|retry| check::retry_flaw(retry).is_some());
    reject(call, flaw, |call, retry: &Retry| {
        let (Schedule::Backoff(initial), Some(max)) = (retry.schedule, retry.max) else { return None };
        let place = call.arguments.iter().find(|argument| argument.parameter.name == "max")?.place;
        let what =
            format!("`max` is shorter than the first delay: {} and {}", Spelled(max), Spelled(initial));
        Some(Problem::new(place, what).correct(Spelled(initial).to_string()))
    })
}

/// Reads a permit.
pub fn permit(tokens: &[Token]) -> Reading<Call> {
    let call = word(tokens, "permit", &PERMIT)?;
    let flaw = call.permit().filter(|permit| check::permit_flaw(permit).is_some());
    reject(call, flaw, |call, _| {
        let [from, to, duration] = call.arguments.as_slice() else { return None };
        let text = |argument: &crate::syntax::Argument| spell(argument.place.of(tokens));
        let what = format!("this ramp falls, from {} to {}", text(from), text(to));
        let correction = format!("ramp_up({}, {}, {})", text(to), text(from), text(duration));
        Some(Problem::new(call.place, what).correct(correction))
    })
}

fn reject<T>(call: Call, flawed: Option<T>, problem: impl Fn(&Call, &T) -> Option<Problem>) -> Reading<Call> {
    match flawed.and_then(|flawed| problem(&call, &flawed)) {
        Some(problem) => Err(vec![problem]),
        None => Ok(call),
    }
}

/// Reads one word of a vocabulary with its arguments. `owner` is the setting that takes it.
pub fn word(tokens: &[Token], owner: &str, vocabulary: &'static Vocabulary) -> Reading<Call> {
    let brackets = Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let mut source = Source { tokens, brackets: &brackets, vocabulary, problems: Vec::new() };
    let whole = Place::new(0, tokens.len());
    let example = vocabulary.entries[0].example();
    let mut name = 0;
    while let [_, first, second, word, ..] = &tokens[name..]
        && first.is(":")
        && second.is(":")
        && word.shape == Shape::Word
    {
        name += 3;
    }
    let first = match tokens.get(name) {
        Some(token) if token.shape == Shape::Word => token,
        Some(token) => {
            let problem = if token.shape == Shape::Number {
                let what = format!("`{}` is not a {}", spell(tokens), vocabulary.noun);
                Problem::new(whole, what)
            } else {
                Problem::new(whole, format!("`{owner}` begins with a word"))
            };
            return Err(vec![problem.correct(example)]);
        }
        None => return Err(vec![Problem::new(whole, format!("`{owner}` has no value")).correct(example)]),
    };
    if name > 0 {
        let what = format!("a {} is one word, without a path", vocabulary.noun);
        source.report(Problem::new(Place::new(0, name + 1), what).correct(first.text.clone()));
    }
    let opening = name + 1;
    let (arguments, end) = match tokens.get(opening) {
        Some(token) if token.shape == Shape::Open => {
            let close = brackets.close(opening);
            let inside = Place::new(opening + 1, close);
            if !token.is("(") {
                let text = source.spell(inside);
                let problem = Problem::new(Place::new(opening, close + 1), "arguments stand in parentheses");
                source.report(problem.correct(format!("({text})")));
            }
            (Some(inside), close + 1)
        }
        _ => (None, opening),
    };
    let call = source.call(name, arguments);
    if end < tokens.len() {
        let rest = Place::new(end, tokens.len());
        let what =
            format!("`{}` does not belong here: `{owner}` takes one {}", source.spell(rest), vocabulary.noun);
        source.report(Problem::new(rest, what).help("leave it out").correct(""));
    }
    match call {
        Some(call) if source.problems.is_empty() => Ok(call),
        _ => Err(source.problems),
    }
}

/// Reads one value. `owner` is the setting that takes it.
pub fn argument(tokens: &[Token], owner: &str, kind: Kind) -> Reading<Value> {
    Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let whole = Place::new(0, tokens.len());
    value::read(tokens, whole, owner, kind).map_err(|problem| vec![problem])
}

/// Members that stand in a group twice.
fn duplicates(tokens: &[Token], rule: &Rule, problems: &mut Vec<Problem>) {
    for (group, branch) in rule.branches.iter().enumerate() {
        let (Branch::All(members) | Branch::Any(members)) = *branch else { continue };
        let mut seen = Vec::new();
        let mut at = group + 1;
        while at <= group + members {
            let text = spell(rule.places[at].of(tokens));
            // Functions that were given at run time are all spelled alike, and may well differ.
            if seen.contains(&text) && !text.contains("custom(..)") {
                let what = format!("`{text}` stands twice in this group");
                problems.push(Problem::new(rule.places[at], what).help("leave one of them out"));
            }
            seen.push(text);
            at += match rule.branches[at] {
                Branch::Condition(_) => 1,
                Branch::All(members) | Branch::Any(members) => 1 + members,
            };
        }
    }
}

/// Puts the flaws of a rule into words.
struct Judge<'a> {
    tokens: &'a [Token],
    rule: &'a Rule,
    nodes: &'a [Node],
    window: &'a Window,
    problems: &'a mut Vec<Problem>,
}

impl Judge<'_> {
    fn text(&self, node: usize) -> String {
        spell(self.rule.places[node].of(self.tokens))
    }

    fn report(&mut self, node: usize, what: String, help: Option<&str>, correction: Option<String>) {
        let mut problem = Problem::new(self.rule.places[node], what);
        if let Some(help) = help {
            problem = problem.help(help);
        }
        self.problems.push(match correction {
            Some(correction) => problem.correct(correction),
            None => problem,
        });
    }

    fn judge(&mut self) {
        if let Some(flaw) = check::size(self.nodes) {
            let help = format!("{MAX_THRESHOLDS} are allowed: let conditions share a threshold");
            return self.report(0, flaw.text().to_owned(), Some(&help), None);
        }
        let mut dead_until = 0;
        for node in 0..self.nodes.len() {
            if node < dead_until {
                continue;
            }
            if check::is_dead(self.nodes, node) {
                self.dead(node);
                dead_until = node + self.nodes[node].size();
                continue;
            }
            match check::condition(self.nodes, node, self.window) {
                Some(Flaw::BeyondWindow) => self.beyond(node),
                Some(Flaw::Unguarded) => self.unguarded(node),
                _ => {}
            }
        }
        if self.problems.is_empty() {
            match check::whole(self.nodes, self.window) {
                Some(Flaw::TripsOnHealth) => self.healthy(0),
                Some(flaw) => self.stateless(flaw),
                None => {}
            }
        }
    }

    fn dead(&mut self, node: usize) {
        let what =
            format!("`{}` can never hold: no breaker is `closed` and `half_open` at once", self.text(node));
        self.report(node, what, Some("join the two by `|`, or leave one of them out"), None);
    }

    fn beyond(&mut self, node: usize) {
        let size = self.window.size();
        let Node::Condition(condition) = self.nodes[node] else { return };
        let text = condition.to_string();
        let word = text.split('(').next().unwrap_or_default();
        let what = format!("`{text}` can never hold on a closed breaker: its window remembers {size} calls");
        let help = format!("write `{word}({size})`, or a window of more calls");
        self.report(node, what, Some(&help), Some(format!("{word}({size})")));
    }

    fn min(&self) -> usize {
        self.window.size().min(10)
    }

    fn unguarded(&mut self, node: usize) {
        let text = self.text(node);
        let bad = if text.starts_with("failure_rate") { "failed" } else { "slow" };
        let what = format!("`{text}` is not guarded by `min`: it trips on the first {bad} call");
        let correction = format!("min({}) & {text}", self.min());
        let help = format!("write `{correction}`; `min(1)` if that is meant");
        self.report(node, what, Some(&help), Some(correction));
    }

    /// Of a group of alternatives, those that trip; of a group of requirements, all of it.
    fn healthy(&mut self, node: usize) {
        if let Node::Any(members) = self.nodes[node] {
            let mut member = node + 1;
            while member <= node + members {
                if check::trips_on_health(self.nodes, member) {
                    self.healthy(member);
                }
                member += self.nodes[member].size();
            }
            return;
        }
        let text = self.text(node);
        let what =
            format!("`{text}` trips on healthy traffic: it holds although no call failed and none was slow");
        self.report(node, what, None, Some(format!("{text} & failures(5)")));
    }

    fn stateless(&mut self, flaw: Flaw) {
        let text = self.text(0);
        let (what, branch) = if flaw == Flaw::NeverTripsHalfOpen {
            let what = "this rule can never trip a half-open breaker, so that its trial could never end";
            (what, format!("half_open & min({}) & failure_rate(0.5)", 10))
        } else {
            (
                "this rule can never trip a closed breaker",
                format!("closed & min({}) & failure_rate(0.5)", self.min()),
            )
        };
        let correction = format!("{text} | {branch}");
        let help = format!("add a branch for it: `{correction}`");
        self.report(0, what.to_owned(), Some(&help), Some(correction));
    }
}
