//! What makes no sense although it is spelled correctly: [flaws](crate::logic::flaws) with their places, and what would be right.

use core::time::Duration;

use crate::language::syntax::{Branch, WrittenArgument, WrittenCall, WrittenRule};
use crate::logic::flaws::{self, Flaw};
use crate::logic::promises::{blind_spot, most_patient};
use crate::logic::trial;
use crate::model::duration::Spelled;
use crate::model::limits::{
    DEFAULT_TIMEOUT, MAX_BUCKETS, MAX_THRESHOLDS, MAX_TRIAL, MAX_WINDOW_SIZE, MIN_BUCKET, is_threshold,
};
use crate::model::metrics::nanos;
use crate::model::permit::Permit;
use crate::model::ratio::Ratio;
use crate::model::retry::Schedule;
use crate::model::rule::{Condition, Node, Rule};
use crate::model::window::{Extent, Window};
use crate::text::problem::Problem;
use crate::text::token::{Token, TokenRange, spell};

/// A window with buckets that are too short.
pub(crate) fn window(call: &WrittenCall) -> Option<Problem> {
    let window = call.window().filter(|window| flaws::window_flaw(window).is_some())?;
    let Extent::Time(duration) = window.extent else { return None };
    let buckets = (duration.as_nanos() / MIN_BUCKET.as_nanos()).min(MAX_BUCKETS as u128);
    let length = Spelled(Duration::from_nanos(window.bucket_nanos()));
    let what = format!(
        "the buckets of this window are too short: {} of {length} each, but the shortest is 1us",
        window.bucket_count()
    );
    let correction = match buckets {
        0 => "time(10us)".to_owned(),
        _ => format!("time({}, buckets = {buckets})", Spelled(duration)),
    };
    Some(Problem::new(call.place, what).correct(correction))
}

/// A backoff whose longest delay is shorter than its first.
pub(crate) fn retry(call: &WrittenCall) -> Option<Problem> {
    let retry = call.retry().filter(|retry| flaws::retry_flaw(retry).is_some())?;
    let (Schedule::Backoff(initial), Some(max)) = (retry.schedule, retry.max) else { return None };
    let place = call.arguments.iter().find(|argument| argument.parameter.name == "max")?.place;
    let what = format!("`max = {}` is shorter than the first delay, {}", Spelled(max), Spelled(initial));
    Some(Problem::new(place, what).correct(Spelled(initial).to_string()))
}

/// A ramp that goes down, or a share for which a trial would wait for ever.
pub(crate) fn permit(tokens: &[Token], call: &WrittenCall) -> Option<Problem> {
    let permit = call.permit().filter(|permit| flaws::permit_flaw(permit).is_some())?;
    if let Permit::Random(share) = permit {
        let calls = |admitted: i64| admitted * Ratio::ONE.parts_per_billion() / share.parts_per_billion();
        let what = format!(
            "`{}` admits one call in {}, so that a trial of 10 would wait for {} calls",
            spell(call.place.of(tokens)),
            calls(1),
            calls(10)
        );
        return Some(Problem::new(call.place, what).correct("random(1%)").aside(" or more"));
    }
    let [from, to, duration] = call.arguments.as_slice() else { return None };
    let text = |argument: &WrittenArgument| spell(argument.place.of(tokens));
    let what = format!("this ramp falls, from {} to {}", text(from), text(to));
    let correction = format!("ramp_up({}, {}, {})", text(to), text(from), text(duration));
    Some(Problem::new(call.place, what).correct(correction))
}

/// A `half_open_timeout` of this value, at this place, that is over before a call is slow by the rule.
pub(crate) fn half_open_timeout(place: TokenRange, timeout: Duration, nodes: &[Node]) -> Option<Problem> {
    flaws::timeout_flaw(nodes, timeout)?;
    let (at, threshold) = most_patient(nodes)?;
    let Node::Condition(condition) = nodes[at] else { return None };
    let what = format!(
        "`{}` is not longer than what `{condition}` takes for slow: \
         in half-open, calls would count as hung before they are slow",
        Spelled(timeout)
    );
    let problem = Problem::new(place, what);
    Some(match twice(threshold) {
        Some(longer) => problem.correct(longer),
        None => problem.help("write a shorter duration in the rule"),
    })
}

/// The same where nothing is said of `half_open_timeout`, so that the rule is to blame.
pub(crate) fn default_timeout(tokens: &[Token], rule: &WrittenRule) -> Option<Problem> {
    let nodes = rule.nodes()?;
    flaws::timeout_flaw(&nodes, DEFAULT_TIMEOUT)?;
    let (at, threshold) = most_patient(&nodes)?;
    let what = format!(
        "`half_open_timeout`, {} unless set, is not longer than what `{}` takes for slow: \
         in half-open, calls would count as hung before they are slow",
        Spelled(DEFAULT_TIMEOUT),
        spell(rule.places[at].of(tokens))
    );
    let help = match twice(threshold) {
        Some(longer) => format!("add `half_open_timeout = {longer}`"),
        None => "write a shorter duration".to_owned(),
    };
    Some(Problem::new(rule.places[at], what).help(help))
}

/// Conditions that ask for calls that take longer than `timeout` lets any.
pub(crate) fn time_limit(tokens: &[Token], rule: &WrittenRule, limit: Duration) -> Vec<Problem> {
    let nodes = rule.nodes().unwrap_or_default();
    let beyond = nodes.iter().zip(&rule.places).filter(|(node, _)| flaws::is_beyond(**node, limit));
    let problem = |(node, place): (&Node, &TokenRange)| {
        let what = format!(
            "`{}` can never hold: `timeout` ends every call after {}",
            spell(place.of(tokens)),
            Spelled(limit)
        );
        let problem = Problem::new(*place, what);
        let shorter = match *node {
            _ if !is_threshold(limit) => None,
            Node::Condition(Condition::SlowRate(share, _)) => Some(Condition::SlowRate(share, limit)),
            Node::Condition(Condition::AvgLatency(_)) => Some(Condition::AvgLatency(limit)),
            _ => None,
        };
        match shorter {
            Some(shorter) => {
                let aside = ", where calls that time out are slow, or a longer `timeout`";
                problem.correct(shorter.to_string()).aside(aside)
            }
            None => problem.help("write a longer `timeout`"),
        }
    };
    beyond.map(problem).collect()
}

/// A `timeout` of this value, at this place, that is not over before a call of a trial is hung. The other may be the default.
pub(crate) fn hung(place: TokenRange, limit: Duration, timeout: Option<Duration>) -> Option<Problem> {
    flaws::hung_flaw(limit, timeout.unwrap_or(DEFAULT_TIMEOUT))?;
    let (which, verb) = match timeout {
        Some(timeout) => (format!("`half_open_timeout = {}`", Spelled(timeout)), "write"),
        None => (format!("`half_open_timeout`, {} unless set,", Spelled(DEFAULT_TIMEOUT)), "add"),
    };
    let what = format!(
        "{which} is not longer than this `timeout`: in half-open, calls would count as hung before they time out"
    );
    let help = match twice(limit) {
        Some(longer) => format!("{verb} `half_open_timeout = {longer}`"),
        None => "write a shorter `timeout`".to_owned(),
    };
    Some(Problem::new(place, what).help(help))
}

/// Twice as long, if that is a duration.
fn twice(duration: Duration) -> Option<String> {
    let nanos = nanos(duration).checked_mul(2)?;
    Some(Spelled(Duration::from_nanos(nanos)).to_string())
}

/// Members that a group contains twice.
pub(crate) fn duplicates(tokens: &[Token], rule: &WrittenRule) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (group, branch) in rule.branches.iter().enumerate() {
        let (Branch::All(members) | Branch::Any(members)) = *branch else { continue };
        let mut seen = Vec::new();
        let mut at = group + 1;
        while at <= group + members {
            let place = rule.places[at];
            let text = spell(place.of(tokens));
            // Functions given at run time are all spelled alike, but may differ.
            if seen.contains(&text) && !text.contains("custom(..)") {
                let with_operator = TokenRange::new(place.start - 1, place.end);
                let problem =
                    Problem::new(place, format!("`{text}` is given twice")).help("remove one of them");
                problems.push(problem.correct_at(with_operator, ""));
            }
            seen.push(text);
            at += rule.size(at);
        }
    }
    problems
}

/// What makes no sense in the rule of a breaker with this window. Nothing, if it contains values that only the compiler knows.
pub(crate) fn rule(tokens: &[Token], rule: &WrittenRule, window: &Window) -> Vec<Problem> {
    let Some(nodes) = rule.nodes() else { return Vec::new() };
    Explainer { tokens, places: &rule.places, nodes: &nodes, window }.problems()
}

struct Explainer<'a> {
    tokens: &'a [Token],
    places: &'a [TokenRange],
    nodes: &'a [Node],
    window: &'a Window,
}

impl Explainer<'_> {
    fn problems(&self) -> Vec<Problem> {
        if let Some(flaw) = flaws::size_flaw(self.nodes) {
            let help = format!("{MAX_THRESHOLDS} are allowed: let conditions share a threshold");
            return vec![Problem::new(self.places[0], flaw.what()).help(help)];
        }
        let mut problems = Vec::new();
        let never_exceeded = |at: &usize| matches!(self.nodes[*at], Node::Condition(condition) if flaws::is_never_exceeded(condition));
        problems.extend((0..self.nodes.len()).filter(never_exceeded).map(|at| self.never_exceeded(at)));
        if !problems.is_empty() {
            return problems;
        }
        let mut unguarded = Vec::new();
        let mut node = 0;
        while node < self.nodes.len() {
            if flaws::is_dead(self.nodes, node, self.window) {
                problems.push(self.dead(node));
                node += self.nodes[node].size();
                continue;
            }
            match flaws::condition_flaw(self.nodes, node, self.window) {
                Some(Flaw::BeyondWindow) => problems.extend(self.beyond(node)),
                Some(Flaw::LongTrial) => problems.extend(self.long_trial(node)),
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
            match flaws::rule_flaw(self.nodes, self.window) {
                Some(Flaw::TripsOnHealth) => self.healthy(0, &mut problems),
                Some(Flaw::BlindToFailures | Flaw::BlindToSlowCalls) => problems.extend(self.blind()),
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
                problem.correct(rest.join(" & ")).aside(" for both states, or keep only one of the two")
            }
            _ => problem.help("remove it"),
        }
    }

    fn never_exceeded(&self, node: usize) -> Problem {
        let what = format!(
            "`{}` can never hold: nothing is more than all calls, so nobody is ever sure of it",
            self.text(node)
        );
        let is_min = |member: usize| matches!(self.nodes[member], Node::Condition(Condition::Min(_)));
        let right = if self.members(self.requirements(node)).any(is_min) {
            "failure_rate(1.0)".to_owned()
        } else {
            format!("{} & failure_rate(1.0)", self.min())
        };
        Problem::new(self.places[node], what).correct(right)
    }

    fn beyond(&self, node: usize) -> Option<Problem> {
        let size = self.window.size();
        if let Node::Condition(Condition::SureFailureRate(rate)) = self.nodes[node] {
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
        let (word, count) = match self.nodes[node] {
            Node::Condition(Condition::Min(count)) => ("min", count),
            Node::Condition(Condition::Failures(count)) => ("failures", count),
            _ => return None,
        };
        let what = format!(
            "`{word}({count})` can never hold on a closed breaker: its window remembers {size} calls"
        );
        let problem = Problem::new(self.places[node], what).correct(format!("{word}({size})"));
        let is_size = count as usize <= MAX_WINDOW_SIZE;
        Some(if is_size { problem.aside(format!(", or `window = count({count})`")) } else { problem })
    }

    fn long_trial(&self, node: usize) -> Option<Problem> {
        let Node::Condition(condition) = self.nodes[node] else { return None };
        let calls = trial::length(condition);
        let (text, word) = (self.text(node), condition.to_string());
        if let Condition::SureFailureRate(_) = condition {
            let what = format!(
                "`{text}` makes a trial of {calls} calls, so many does it take to be sure: {MAX_TRIAL} are the most"
            );
            return Some(
                Problem::new(self.places[node], what).help("write a lower share, or a lower `sure`"),
            );
        }
        let what = format!("`{text}` makes a trial of {calls} calls: {MAX_TRIAL} are the most");
        let word = word.split('(').next().unwrap_or_default();
        let problem = Problem::new(self.places[node], what).correct(format!("{word}({MAX_TRIAL})"));
        // One that only half-open asks is not to be kept for closed breakers.
        let trips_closed = flaws::trips_closed_through(self.nodes, node);
        let aside = format!(", or `closed & {text}` beside a branch for `half_open` that asks for fewer");
        Some(if trips_closed { problem.aside(aside) } else { problem })
    }

    fn unguarded(&self, node: usize) -> Problem {
        let text = self.text(node);
        let bad = match self.nodes[node] {
            Node::Condition(Condition::FailureRate(_)) => "failed",
            _ => "slow",
        };
        let what = format!("`{text}` is not guarded by `min`: it trips on the first {bad} call");
        let problem = Problem::new(self.places[node], what).correct(format!("{} & {text}", self.min()));
        problem.aside(", or `min(1) & ..` if that is meant")
    }

    /// A `min` for a rate, within the window's size.
    fn min(&self) -> String {
        format!("min({})", self.window.size().min(10))
    }

    /// Blames the members of a `|`-group that trip on healthy traffic; otherwise, the node as a whole.
    fn healthy(&self, node: usize, problems: &mut Vec<Problem>) {
        if let Node::Any(_) = self.nodes[node] {
            let guilty =
                self.members(node).filter(|member| flaws::trips_on_health(self.nodes, *member, self.window));
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

    /// What a half-open breaker does not see, by the shortest calls of which that is true, with the branch that sees them and all that
    /// are longer.
    fn blind(&self) -> Vec<Problem> {
        let spot = |fail| blind_spot(self.nodes, self.window, fail);
        let (failing, slow) = (spot(true), spot(false));
        // Failed calls may be slow, too, and then one branch sees both.
        let failing = failing.filter(|failing| slow.is_none_or(|slow| *failing < slow));
        let problem = |does: String, evidence: String| {
            let what = format!(
                "in half-open this rule never holds, however many calls {does}, although they trip a closed breaker"
            );
            let correction = format!("{} | half_open & min(10) & {evidence}", self.text(0));
            let help = format!("add a branch for it: `{correction}`");
            Problem::new(self.places[0], what).help(help).correct(correction)
        };
        let failing = failing.map(|duration| {
            let does = match duration {
                Duration::ZERO => "fail".to_owned(),
                _ => format!("fail after {}", Spelled(duration)),
            };
            problem(does, "failure_rate(0.5)".to_owned())
        });
        let slow = slow.map(|duration| {
            let is_threshold = Rule::measures(self.nodes).threshold(nanos(duration)).is_some();
            let duration = Spelled(duration);
            // One more threshold might be one too many.
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
        let correction = format!("{} | {state} & {min} & failure_rate(0.5)", self.text(0));
        let help = format!("add a branch for it: `{correction}`");
        Problem::new(self.places[0], flaw.what()).help(help).correct(correction)
    }
}
