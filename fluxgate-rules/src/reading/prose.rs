//! A rule or another setting in plain English, translated into ours.

use crate::language::notation::figures;
use crate::language::numeral::in_figures;
use crate::language::vocabulary::{Entry, Kind, Vocabulary};
use crate::model::ratio::Ratio;
use crate::reading::clause::{Facts, Topic, entry_of, exceeds, is_minimum, is_number, is_of_calls};
use crate::reading::elsewhere;
use crate::reading::filled::{Filled, with_window};
use crate::reading::operators::{Operator, operator};
use crate::reading::states;
use crate::reading::suggestion::{arguments_of, is_known, meant, right_call};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

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
    if in_a_row < 2 && !is_in_words && !(0..tokens.len()).any(compares)
        || tokens.iter().any(|token| token.shape == Shape::Open || token.is("&") || token.is("|"))
    {
        return None;
    }
    let problem = Problem::new(TokenRange::whole(tokens), "this is prose, and a rule is made of conditions");
    let (rule, within) = translated(&meant);
    Some(with_window(problem.example(rule), within.map(|within| format!("`window = {within}`"))))
}

/// The problem of a setting in prose: `the last 5 minutes`, `backoff from 1s to 60s`.
pub(crate) fn setting(vocabulary: &'static Vocabulary, tokens: &[Token]) -> Option<Problem> {
    let whole = TokenRange::whole(tokens);
    let what = format!("`{}` is not {}", spell(tokens), vocabulary.noun_with_article());
    let problem = Problem::new(whole, what);
    let known = |token: &Token| token.shape == Shape::Word && is_known(vocabulary, &token.text);
    let is_only = tokens.iter().filter(|token| is_number(token)).count() == 1;
    if !takes_counts(vocabulary) && is_only && tokens.windows(2).any(is_repeated) && !tokens.iter().any(known)
    {
        return Some(problem.example(vocabulary.entries[0].example()));
    }
    let is_prose = |token: &Token| {
        matches!(token.shape, Shape::Word | Shape::Number) || ["%", ","].iter().any(|sign| token.is(sign))
    };
    let share = share(vocabulary, &in_figures(tokens));
    let is_value = || tokens[0].shape != Shape::Word && !tokens[1..].iter().any(is_number);
    if share.is_none() && (!tokens.iter().all(is_prose) || is_value()) {
        return None;
    }
    let figures = share.map_or_else(|| figures(&in_figures(tokens)), |share| vec![share]);
    let is_call = vocabulary.entry(&tokens[0].text).is_some() && tokens.get(1).is_some_and(is_number);
    if figures.is_empty() || is_call && figures.len() == 1 {
        return None;
    }
    let words = tokens.iter().filter(|token| token.shape == Shape::Word);
    let words = words.map(|word| if is_of_calls(&word.text) { "calls" } else { &word.text });
    let known: Vec<_> = words.filter(|word| is_known(vocabulary, word)).collect();
    let keeps_all = |word: &&&str| {
        let right = meant(vocabulary, word, &figures).map(|meant| meant.right);
        right.is_some_and(|right| figures.iter().all(|figure| right.keeps(figure)))
    };
    let word = known.iter().find(keeps_all).or(known.first()).copied();
    // `gradually over 10s`
    let elsewhere = |word: &Token| {
        let value = lex(&format!("{}({})", word.text, figures.join(", "))).tokens;
        elsewhere::word(vocabulary, &word.text, whole, &value)
    };
    // What is counted, as in `100 requests`, is no word of a setting.
    let is_counted = |at: usize| at > 0 && is_number(&tokens[at - 1]);
    let mut others = (0..tokens.len()).filter(|at| !is_counted(*at)).map(|at| &tokens[at]);
    if word.is_none()
        && let Some(problem) = others.find_map(elsewhere)
    {
        return Some(problem);
    }
    let named = word.and_then(|word| meant(vocabulary, word, &figures));
    let right = named.map(|meant| meant.right).or_else(|| taking(vocabulary, &figures))?;
    let is_explained = |figure: &str| right.losses.iter().any(|loss| loss.contains(&format!("`{figure}`")));
    let is_lost = |figure: &&String| !right.keeps(figure) && !is_explained(figure);
    let lost: Vec<_> = figures.iter().filter(is_lost).map(|figure| format!("`{figure}`")).collect();
    let problem = right.correct(problem, whole);
    Some(if lost.is_empty() {
        problem
    } else {
        problem.aside(format!("; it has no place for {}", lost.join(" or ")))
    })
}

/// Whether a word of a setting takes a number of calls, or a share of them.
fn takes_counts(vocabulary: &Vocabulary) -> bool {
    let mut alone = vocabulary.entries.iter().filter_map(|entry| match entry.positional {
        [one] => Some(one.kind),
        _ => None,
    });
    alone.any(|kind| kind.is_count() || kind == Kind::Ratio)
}

/// `5 times`, `3 retries`
fn is_repeated(pair: &[Token]) -> bool {
    let is_time = |word: &Token| ["time", "times", "retries", "tries"].iter().any(|it| word.is(it));
    is_number(&pair[0]) && (is_time(&pair[1]) || is_of_calls(&pair[1].text))
}

/// The share of calls in a setting that takes one: `1 in 10`, `1/10`.
fn share(vocabulary: &Vocabulary, tokens: &[Token]) -> Option<String> {
    let is_share = |entry: &Entry| matches!(entry.positional, [one] if one.kind == Kind::Ratio);
    vocabulary.entries.iter().find(|entry| is_share(entry))?;
    let numbers: Vec<_> = (0..tokens.len()).filter(|at| is_number(&tokens[*at])).collect();
    let [part, whole] = numbers[..] else { return None };
    let joins = |token: &Token| ["in", "of", "out", "every", "/"].iter().any(|word| token.is(word));
    let [part, whole] = match &tokens[part + 1..whole] {
        [] => return None,
        between if between.iter().all(joins) => [part, whole].map(|at| tokens[at].text.parse::<u32>().ok()),
        _ => return None,
    };
    let share = f64::from(part?) / f64::from(whole?);
    (share > 0.0 && share <= 1.0).then(|| Ratio::new(share).to_string())
}

/// The first word that takes the most of these values.
fn taking(vocabulary: &'static Vocabulary, values: &[String]) -> Option<Filled> {
    let taken = |values: &[String]| {
        let calls = vocabulary.entries.iter().map(|entry| right_call(vocabulary, entry, values));
        calls.into_iter().find(|call| !call.is_example && arguments_of(&call.text) >= values.len())
    };
    (1..=values.len()).rev().find_map(|most| taken(&values[..most]))
}

/// The rule that prose asks for, as far as its figures say it, and how far back that looks.
fn translated(tokens: &[Token]) -> (String, Option<String>) {
    let whole = Topic::of(tokens);
    let (mut alternatives, mut within) = (Vec::new(), None);
    for alternative in parted(tokens, Operator::Or) {
        let (mut conditions, mut state) = (Vec::new(), None);
        for clause in parted(alternative, Operator::And) {
            // What a clause does not say of itself, the others do.
            let topic = Topic::of(clause).or(whole).unwrap_or(Topic::Failures);
            let next = state_of(clause);
            // The states exclude each other.
            if state.is_some() && next.is_some() && state != next {
                alternatives.push((state, core::mem::take(&mut conditions)));
            }
            state = next.or(state);
            let facts = Facts::read(clause, topic);
            conditions.extend(facts.conditions);
            within = within.or(facts.within);
        }
        alternatives.push((state, conditions));
    }
    alternatives.retain(|(_, conditions)| !conditions.is_empty());
    let mut alternatives: Vec<_> = alternatives
        .into_iter()
        .map(|(state, mut conditions)| {
            conditions.sort_by_key(|condition| !is_minimum(condition));
            // A minimum alone never trips.
            if conditions.iter().all(|condition| is_minimum(condition)) {
                conditions.push(HALF.to_owned());
            }
            state.map(str::to_owned).into_iter().chain(conditions).collect::<Vec<_>>()
        })
        .collect();
    let is_given = !alternatives.is_empty();
    if !is_given {
        alternatives.push(vec![HALF.to_owned()]);
    }
    let concerns_window = |condition: &String| entry_of(condition).is_some_and(Entry::concerns_window);
    let within = within.filter(|_| !is_given || alternatives.iter().flatten().any(concerns_window));
    for conditions in &mut alternatives {
        let lacks_minimum = conditions.iter().any(|it| entry_of(it).is_some_and(Entry::is_share))
            && !conditions.iter().any(|condition| is_minimum(condition));
        if let Some(size) = within.as_deref().and_then(few).filter(|_| lacks_minimum) {
            conditions.insert(0, format!("min({size})"));
        }
    }
    let joined: Vec<_> = alternatives.iter().map(|conditions| conditions.join(" & ")).collect();
    (joined.join(" | "), within)
}

/// The state of which a clause speaks.
fn state_of(clause: &[Token]) -> Option<&'static str> {
    let is_half_open = |pair: &[Token]| pair[0].is("half") && pair[1].is("open");
    if clause.windows(2).any(is_half_open) {
        return Some("half_open");
    }
    clause.iter().find_map(states::state)
}

/// The condition of a rule about which prose says too little.
const HALF: &str = "failure_rate(0.5)";

/// The size of a window that holds fewer calls than a rule needs by default.
fn few(window: &str) -> Option<u32> {
    let size = window.strip_prefix("count(")?.strip_suffix(')')?;
    size.parse().ok().filter(|size| *size < 10)
}

/// The clauses between words that join them: `and`, `or`, but not `5 or more`.
fn parted(tokens: &[Token], joining: Operator) -> Vec<&[Token]> {
    const COMPARED: [&str; 9] =
        ["more", "fewer", "less", "greater", "higher", "longer", "slower", "above", "over"];
    let joins = |at: &usize| {
        let is_compared = tokens.get(at + 1).is_some_and(|next| COMPARED.iter().any(|word| next.is(word)));
        // `or more than 5`, `or over 5`
        let is_value = tokens.get(at + 2).is_some_and(|next| is_number(next) || next.is("than"));
        let is_digit = |at: usize| tokens.get(at).is_some_and(is_number);
        // `1,000`
        let is_in_number = tokens[*at].is(",") && is_digit(at + 1) && at.checked_sub(1).is_some_and(is_digit);
        !is_in_number && operator(&tokens[*at]) == Some(joining) && (!is_compared || is_value)
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
            // A number of calls is none of failures.
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
