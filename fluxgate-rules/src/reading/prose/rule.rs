//! A rule in plain English, translated into ours.

use crate::language::cardinal::in_figures;
use crate::language::vocabulary::Entry;
use crate::reading::operators::{Operator, operator};
use crate::reading::states;
use crate::suggestion::clause::{Facts, Topic, entry_of, exceeds, is_minimum, is_number, says_a_failure};
use crate::suggestion::filled::with_window;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange};

/// The problem of a rule in prose: words in a row, without parentheses.
pub(crate) fn rule(tokens: &[Token]) -> Option<Problem> {
    let is_word = |token: &Token| token.shape == Shape::Word && operator(token).is_none() && !token.is("not");
    let is_figure = |token: &Token| token.shape == Shape::Number || token.is("%");
    let meant = in_figures(tokens);
    let in_a_row = meant
        .windows(2)
        .filter(|pair| (is_word(&pair[0]) || is_figure(&pair[0])) && is_word(&pair[1]))
        .count();
    // `5 failures` and `failures in 60s` are handled elsewhere, but not `five failures` or `over 5 failures`.
    let is_in_words = in_a_row > 0 && meant != tokens;
    let compares = |at: usize| {
        let begins = at == 0 || tokens[at - 1].shape == Shape::Word && operator(&tokens[at - 1]).is_some();
        begins && is_word(&tokens[at]) && exceeds(&tokens[at]) && tokens.get(at + 1).is_some_and(is_number)
    };
    let is_of_state = |at: usize| {
        let start = states::heading(&tokens[at..]).map(|(_, length)| at + length);
        start.and_then(|start| tokens.get(start)).is_some_and(is_number)
    };
    // `closed: 5 failures | half_open: 1 failure`
    let are_states = tokens.split(|token| token.is("|")).all(|it| states::heading(it).is_some());
    let is_sign = |token: &Token| token.is("&") || token.is("|") && !are_states;
    let is_prose = in_a_row > 1
        || is_in_words
        || (0..tokens.len()).any(compares)
        || says_a_failure(tokens)
        || (0..tokens.len()).any(is_of_state);
    if !is_prose || tokens.iter().any(|token| token.shape == Shape::Open || is_sign(token)) {
        return None;
    }
    let problem = Problem::new(TokenRange::whole(tokens), "this is prose, and a rule is made of conditions");
    let (rule, within) = translated(&lower_bounds(meant));
    Some(with_window(problem.example(rule), within.map(|within| format!("`window = {within}`"))))
}

/// The tokens without the upper bound of `between 40% and 60%`, since worse numbers never un-trip a rule.
fn lower_bounds(mut tokens: Vec<Token>) -> Vec<Token> {
    let upper = tokens.iter().position(|token| token.is("between")).and_then(|between| {
        let and = between + 1 + tokens[between + 1..].iter().take(3).position(|token| token.is("and"))?;
        let has_sign = tokens[and - 1].is("%") && tokens.get(and + 2).is_some_and(|sign| sign.is("%"));
        let are_numbers = is_number(&tokens[between + 1]) && tokens.get(and + 1).is_some_and(is_number);
        are_numbers.then_some(and..and + 2 + usize::from(has_sign))
    });
    if let Some(upper) = upper {
        tokens.drain(upper);
    }
    tokens
}

/// The rule that prose asks for, as far as its figures say it, and how far back that looks.
fn translated(tokens: &[Token]) -> (String, Option<String>) {
    let whole = Topic::of(tokens);
    let (mut groups, mut within) = (Vec::new(), None);
    for (heading, tokens) in by_heading(tokens) {
        for alternative in parted(tokens, Operator::Or) {
            let mut group = Group { state: heading, ..Group::default() };
            for clause in parted(alternative, Operator::And) {
                let state = state_of(clause);
                // The states exclude each other.
                if group.state.is_some() && state.is_some() && group.state != state {
                    groups.push(core::mem::take(&mut group));
                }
                // A clause without a topic has that of the whole.
                let topic = Topic::of(clause).or(whole).unwrap_or(Topic::Failures);
                let facts = Facts::read(clause, topic);
                group.state = state.or(group.state);
                group.conditions.extend(facts.conditions);
                within = within.or(facts.within);
            }
            groups.push(group);
        }
    }
    groups.retain(|group| !group.conditions.is_empty());
    if groups.is_empty() {
        groups.push(Group::default());
    }
    let most = within.as_deref().and_then(size);
    let groups: Vec<_> = groups.into_iter().map(|group| group.completed(most)).collect();
    let concerns_window = |condition: &String| entry_of(condition).is_some_and(Entry::concerns_window);
    let within = within.filter(|_| groups.iter().flatten().any(concerns_window));
    let joined: Vec<_> = groups.iter().map(|conditions| conditions.join(" & ")).collect();
    (joined.join(" | "), within)
}

/// The parts of the text, each with the state that heads it: `closed: ..`.
fn by_heading(tokens: &[Token]) -> Vec<(Option<&'static str>, &[Token])> {
    let mut parts = Vec::new();
    let (mut state, mut start) = (None, 0);
    for at in 0..tokens.len() {
        if let Some((heading, length)) = states::heading(&tokens[at..]) {
            parts.push((state, &tokens[start..at]));
            (state, start) = (Some(heading), at + length);
        }
    }
    parts.push((state, &tokens[start..]));
    parts
}

/// Conditions that must hold together.
#[derive(Default)]
struct Group {
    state: Option<&'static str>,
    conditions: Vec<String>,
}

impl Group {
    /// The state and a minimum first, with what is missing, for a window of `most` calls.
    fn completed(self, most: Option<u32>) -> Vec<String> {
        let (mut minimum, mut others): (Vec<_>, Vec<_>) =
            self.conditions.into_iter().partition(|condition| is_minimum(condition));
        // A minimum alone never trips.
        if others.is_empty() {
            others.push("failure_rate(0.5)".to_owned());
        }
        let is_share = |condition: &String| entry_of(condition).is_some_and(Entry::is_share);
        // The usual minimum of 10 would not fit into such a window.
        if let Some(most) = most.filter(|most| *most < 10)
            && minimum.is_empty()
            && others.iter().any(is_share)
        {
            minimum.push(format!("min({most})"));
        }
        self.state.map(str::to_owned).into_iter().chain(minimum).chain(others).collect()
    }
}

/// The number of calls in a window of calls.
fn size(window: &str) -> Option<u32> {
    window.strip_prefix("count(")?.strip_suffix(')')?.parse().ok()
}

/// The state of which a clause speaks.
fn state_of(clause: &[Token]) -> Option<&'static str> {
    let is_half_open = |pair: &[Token]| pair[0].is("half") && pair[1].is("open");
    if clause.windows(2).any(is_half_open) {
        return Some("half_open");
    }
    clause.iter().find_map(states::state)
}

/// The clauses between words that join them: `and`, `or`, but not `5 or more`.
fn parted(tokens: &[Token], joining: Operator) -> Vec<&[Token]> {
    const COMPARED: [&str; 9] =
        ["more", "fewer", "less", "greater", "higher", "longer", "slower", "above", "over"];
    let joins = |at: &usize| {
        let is_compared = tokens.get(at + 1).is_some_and(|next| COMPARED.iter().any(|word| next.is(word)));
        // `or more than 5`, `or over 5`
        let is_value = tokens.get(at + 2).is_some_and(|next| is_number(next) || next.is("than"));
        operator(&tokens[*at]) == Some(joining) && (!is_compared || is_value)
    };
    let mut clauses = Vec::new();
    let mut start = 0;
    for at in (0..tokens.len()).filter(joins) {
        clauses.push(&tokens[start..at]);
        start = at + 1;
    }
    clauses.push(&tokens[start..]);
    clauses
}

#[cfg(test)]
mod tests {
    use super::rule;
    use crate::text::lexer::lex;

    #[test]
    fn makes_conditions_of_prose() {
        for (text, expected) in [
            ("more than 50% of calls fail", Some("failure_rate(50%)")),
            ("trip when 5 failures in a row", Some("failure_streak(5)")),
            ("5 failures in 60 seconds", Some("failures(5)")),
            ("when the failure rate is above 50 percent over the last 100 calls", Some("failure_rate(50%)")),
            ("at least 10 calls and 50% failures", Some("min(10) & failure_rate(50%)")),
            ("30% of calls take longer than 2 seconds", Some("slow_rate(30%, 2s)")),
            ("when the service is down", Some("failure_rate(0.5)")),
            ("5 failures in 10 calls", Some("failures(5)")),
            ("in 10 calls 5 failures", Some("failures(5)")),
            ("50% failures once there are 20 calls", Some("min(20) & failure_rate(50%)")),
            ("more than 5 failures in a row", Some("failure_streak(6)")),
            ("over 5 failures in the last 100 calls", Some("failures(6)")),
            ("5 failures", None),
            ("min(10) & failure_rate(0.5)", None),
            ("the success rate drops below 95%", Some("failure_rate(0.05)")),
            ("if 80% of the calls do not succeed", Some("failure_rate(80%)")),
            ("fewer than 5 calls are successful", Some("failure_rate(0.5)")),
            ("the p99 latency is above 2 seconds", Some("slow_rate(0.01, 2s)")),
            ("the average latency is above 500ms", Some("avg_latency(500ms)")),
            ("closed and failures or half_open", None),
            // A number of calls is not one of failures.
            ("failure_rate > 50% over 20 calls", Some("failure_rate(50%)")),
            ("failure_rate > 50% over at least 20 calls", Some("min(20) & failure_rate(50%)")),
            ("50% failures and more than 20 requests", Some("min(21) & failure_rate(50%)")),
            ("a failure rate of 50% with over 20 calls", Some("min(21) & failure_rate(50%)")),
            ("more than 5 failures across 20 calls", Some("failures(6)")),
            ("over 20 calls fail", Some("failures(21)")),
            ("when 5 requests have failed", Some("failures(5)")),
            ("50% of calls slower than 2s over 20 calls", Some("slow_rate(50%, 2s)")),
            ("avg_latency > 500ms over 20 calls", Some("avg_latency(500ms)")),
            ("when 20 calls take longer than 2s", Some("min(20) & slow_rate(0.5, 2s)")),
            ("latency > 1s for 5 calls", Some("min(5) & slow_rate(0.5, 1s)")),
            ("when calls take longer than 2s", Some("slow_rate(0.5, 2s)")),
            ("when it has been failing for 30 seconds", Some("failing_for(30s)")),
            ("failing_for > 10s over 20 calls", Some("failing_for(10s)")),
            ("if the service is down for 1 minute", Some("failing_for(1m)")),
            ("5 failing calls in 60s", Some("failures(5)")),
            ("once there are 20 calls", Some("min(20) & failure_rate(0.5)")),
            // What `or` joins is not joined by `&`, and each clause has a topic of its own.
            ("3 consecutive failures or 50% failure rate", Some("failure_streak(3) | failure_rate(50%)")),
            ("5 failures or 3 in a row", Some("failures(5) | failure_streak(3)")),
            (
                "more than 50% fail or the average latency is above 2s",
                Some("failure_rate(50%) | avg_latency(2s)"),
            ),
            ("failure rate 50% and slow rate 80%", Some("failure_rate(50%) & slow_rate(80%, 2s)")),
            ("20 calls and 5 of them fail or 9 failures", Some("min(20) & failures(5) | failures(9)")),
            ("2 or more failures in a row", Some("failure_streak(2)")),
            ("50% of timeouts or of errors", Some("failure_rate(50%)")),
            ("5 failures in a row or over 20 failures", Some("failure_streak(5) | failures(21)")),
            ("a third of calls fail, or more than 9 failures", Some("failure_rate(0.33) | failures(10)")),
            ("failure_rate >= 50% and over 20 calls", Some("min(21) & failure_rate(50%)")),
            // Numbers in words, and shares in every form
            ("five failures", Some("failures(5)")),
            ("half of the last 20 calls fail", Some("failure_rate(0.5)")),
            ("two thirds of the calls are slower than two seconds", Some("slow_rate(0.67, 2s)")),
            ("every second call fails", Some("failure_rate(0.5)")),
            ("half open and failures", None),
            ("50percent of calls fail", Some("failure_rate(50%)")),
            ("0.3 of the calls fail", Some("failure_rate(0.3)")),
            ("a failure rate above 30 over 100 calls", Some("failure_rate(30%)")),
            ("a failure rate of 30 in the last 100 calls", Some("failure_rate(30%)")),
            ("a failure rate of at least 30", Some("failure_rate(30%)")),
            ("the failure rate over 30 calls is 50%", Some("failure_rate(50%)")),
            ("an error rate of 5 failures per second", Some("failures(5)")),
            // All of them
            ("all calls fail", Some("failure_rate(100%)")),
            ("all of the last 5 calls failed", Some("failure_streak(5)")),
            ("none of the last 5 calls succeeded", Some("failure_streak(5)")),
            ("every call fails for 10s", Some("failing_for(10s)")),
            ("no success for 30s", Some("failing_for(30s)")),
            ("not a single successful call in the last minute", Some("failing_for(1m)")),
            ("0 successes in 10 calls", Some("failure_streak(10)")),
            ("no more than 5 successes", Some("failure_rate(0.5)")),
            // Windows
            ("95th percentile above 1s", Some("slow_rate(0.05, 1s)")),
            ("the median latency is above 1s", Some("slow_rate(0.5, 1s)")),
            ("open after 5 failures, close after 2 successes", Some("failures(5)")),
            ("when half open, any failure", Some("half_open & failures(1)")),
            (
                "closed and 5 failures, half open and a failure",
                Some("closed & failures(5) | half_open & failures(1)"),
            ),
            (
                "closed => 5 failures | half_open => 1 failure",
                Some("closed & failures(5) | half_open & failures(1)"),
            ),
            (
                "closed: 5 failures in a row or 50% failures, half_open: 1 failure",
                Some("closed & failure_streak(5) | closed & failure_rate(50%) | half_open & failures(1)"),
            ),
            ("half_open -> 2 failures", Some("half_open & failures(2)")),
            ("a failure rate of 50%, at least 20 calls", Some("min(20) & failure_rate(50%)")),
            ("errors per minute > 100", Some("failures(101)")),
            ("most of the last 5 calls fail", Some("min(5) & failure_rate(0.5)")),
            ("80% of the last 5 calls fail", Some("min(5) & failure_rate(80%)")),
        ] {
            let problem = rule(&lex(text).tokens);
            let suggested = problem.as_ref().and_then(|problem| problem.suggestion());
            assert_eq!(suggested.map(|suggestion| suggestion.replacement.as_str()), expected, "{text}");
        }
    }
}
