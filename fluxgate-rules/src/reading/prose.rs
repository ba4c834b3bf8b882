//! A rule or another setting in plain English, translated into ours.

use crate::language::notation::{duration_at, figures};
use crate::language::number::is_percent;
use crate::language::value;
use crate::language::vocabulary::{EXAMPLE_RULE, Entry, TRIP, Vocabulary};
use crate::reading::elsewhere;
use crate::reading::filled::{Filled, with_window};
use crate::reading::inverted::{ABOVE, exceeded, inverted, speaks_of_success};
use crate::reading::operators::operator;
use crate::reading::suggestion::{arguments_of, is_known, meant, right_call};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// The problem of a rule in prose: words in a row, without parentheses.
pub(crate) fn rule(tokens: &[Token]) -> Option<Problem> {
    let is_word = |token: &Token| token.shape == Shape::Word && operator(token).is_none() && !token.is("not");
    let is_figure = |token: &Token| token.shape == Shape::Number || token.is("%");
    let in_a_row = tokens
        .windows(2)
        .filter(|pair| (is_word(&pair[0]) || is_figure(&pair[0])) && is_word(&pair[1]))
        .count();
    // `5 failures` and `failures in 60s` are handled elsewhere, but not `over 5 failures`.
    let compares =
        matches!(tokens, [word, number, ..] if is_word(word) && exceeds(word) && is_number(number));
    if in_a_row < 2 && !compares
        || tokens.iter().any(|token| token.shape == Shape::Open || token.is("&") || token.is("|"))
    {
        return None;
    }
    let problem = Problem::new(TokenRange::whole(tokens), "this is prose, and a rule is made of conditions");
    let Facts { conditions, within } = facts(tokens);
    let problem =
        problem.example(if conditions.is_empty() { EXAMPLE_RULE.to_owned() } else { conditions.join(" & ") });
    Some(with_window(problem, within.map(|within| format!("`window = {within}`"))))
}

/// The problem of a setting in prose: `the last 5 minutes`, `backoff from 1s to 60s`.
pub(crate) fn setting(vocabulary: &'static Vocabulary, tokens: &[Token]) -> Option<Problem> {
    let is_prose = |token: &Token| matches!(token.shape, Shape::Word | Shape::Number) || token.is("%");
    if !tokens.iter().all(is_prose) || tokens[0].shape != Shape::Word && !tokens[1..].iter().any(is_number) {
        return None;
    }
    let figures = figures(tokens);
    let is_call = vocabulary.entry(&tokens[0].text).is_some() && tokens.get(1).is_some_and(is_number);
    if figures.is_empty() || is_call && figures.len() == 1 {
        return None;
    }
    let word = tokens.iter().find(|token| token.shape == Shape::Word && is_known(vocabulary, &token.text));
    // `gradually over 10s`
    let elsewhere = |word: &Token| {
        let value = lex(&format!("{}({})", word.text, figures.join(", "))).tokens;
        elsewhere::word(vocabulary, &word.text, TokenRange::whole(tokens), &value)
    };
    if word.is_none()
        && let Some(problem) = tokens.iter().find_map(elsewhere)
    {
        return Some(problem);
    }
    let named = word.and_then(|word| meant(vocabulary, &word.text, &figures));
    let right = named.map(|meant| meant.right).or_else(|| taking(vocabulary, &figures))?;
    let is_explained = |figure: &str| right.losses.iter().any(|loss| loss.contains(&format!("`{figure}`")));
    let is_lost = |figure: &&String| !right.keeps(figure) && !is_explained(figure);
    let whole = TokenRange::whole(tokens);
    let what = format!("`{}` is not {}", spell(tokens), vocabulary.noun_with_article());
    let lost: Vec<_> = figures.iter().filter(is_lost).map(|figure| format!("`{figure}`")).collect();
    let problem = right.correct(Problem::new(whole, what), whole);
    Some(if lost.is_empty() {
        problem
    } else {
        problem.aside(format!("; it has no place for {}", lost.join(" or ")))
    })
}

fn is_number(token: &Token) -> bool {
    token.shape == Shape::Number
}

/// The first word that takes the most of these values.
fn taking(vocabulary: &'static Vocabulary, values: &[String]) -> Option<Filled> {
    let taken = |values: &[String]| {
        let calls = vocabulary.entries.iter().map(|entry| right_call(vocabulary, entry, values));
        calls.into_iter().find(|call| !call.is_example && arguments_of(&call.text) >= values.len())
    };
    (1..=values.len()).rev().find_map(|most| taken(&values[..most]))
}

/// What can be extracted from prose.
struct Facts {
    conditions: Vec<String>,
    /// A window, if any condition depends on it.
    within: Option<String>,
}

fn facts(tokens: &[Token]) -> Facts {
    let has = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.text.to_lowercase().as_str()));
    let fails = |words: &[Token]| words.iter().any(|word| is_of_failures(&word.text));
    let (mut conditions, mut within) = (Vec::new(), None);
    let has_part = |part: &str| tokens.iter().any(|token| token.text.to_lowercase().contains(part));
    // `50% of calls over 2s`, where nothing is said to fail
    let takes_over = |at: usize| exceeds(&tokens[at]) && duration_at(tokens, at + 1).is_some();
    let is_over = || tokens.iter().any(|token| is_of_calls(&token.text)) && (1..tokens.len()).any(takes_over);
    let is_slow = has(&["longer", "take", "takes"])
        || has_part("slow")
        || has_part("latency")
        || !fails(tokens) && !has(&["down"]) && is_over();
    let is_negated = has(&["not", "no", "without", "never", "cannot", "don", "doesn", "aren", "isn"]);
    let is_success = !is_negated && tokens.iter().any(|token| speaks_of_success(&token.text));
    let threshold = tokens.iter().enumerate().find_map(|(at, _)| duration_at(tokens, at));
    if let Some(threshold) = &threshold {
        let values = core::slice::from_ref(threshold);
        let percentile =
            tokens.iter().filter(|token| token.shape == Shape::Word && token.text.starts_with('p'));
        conditions
            .extend(percentile.filter_map(|word| inverted(&TRIP, &word.text, values)).map(|it| it.text));
        if is_slow && conditions.is_empty() && (has(&["average", "mean"]) || has_part("avg")) {
            conditions.push(format!("avg_latency({threshold})"));
        }
    }
    let is_failing = !is_slow && (has(&["down", "fails"]) || has_part("failing"));
    let is_streak = has(&["row", "consecutive", "consecutively", "straight", "successive"]);
    let states_share = has(&["%", "percent", "half"]);
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.shape == Shape::Number) {
        let next = tokens.get(at + 1).map_or("", |next| next.text.as_str());
        let number = &token.text;
        let more = exceeded(&tokens[at.saturating_sub(3)..=at]).and_then(|count| count.checked_add(1));
        let least = more.map_or_else(|| number.clone(), |more| more.to_string());
        if next == "%" || is_percent(next) || token.text.ends_with("percent") {
            let share = format!("{number}%");
            conditions.push(if is_slow {
                format!("slow_rate({share}, {})", threshold.as_deref().unwrap_or("2s"))
            } else if is_success {
                inverted(&TRIP, "success_rate", &[share]).map_or_else(String::new, |right| right.text)
            } else {
                format!("failure_rate({share})")
            });
        } else if let Some(duration) = duration_at(tokens, at) {
            if is_failing && tokens[..at].last().is_some_and(|word| word.is("for") || word.is(">")) {
                conditions.push(format!("failing_for({duration})"));
            } else if !is_slow {
                within = Some(format!("time({duration})"));
            }
        } else {
            match call_count(tokens, at) {
                Some(CallCount::Window) => within = Some(format!("count({number})")),
                Some(CallCount::Minimum) => conditions.insert(0, format!("min({least})")),
                // How many calls succeed says nothing of when to trip.
                None if is_success => {}
                None if is_streak => conditions.push(format!("failure_streak({least})")),
                None if is_of_calls(next) && (states_share || !fails(&tokens[at..])) => {
                    conditions.insert(0, format!("min({least})"));
                }
                None => conditions.push(format!("failures({least})")),
            }
        }
    }
    // `5 failures per minute`
    if within.is_none()
        && !is_slow
        && !conditions.iter().any(|condition| condition.starts_with("failing_for"))
    {
        within = threshold.as_ref().map(|rate| format!("time({rate})"));
    }
    conditions.retain(|condition| is_right(condition));
    // A minimum alone never trips.
    if !conditions.is_empty() && conditions.iter().all(|condition| condition.starts_with("min(")) {
        conditions.push(match &threshold {
            Some(threshold) if is_slow => format!("slow_rate(0.5, {threshold})"),
            _ => "failure_rate(0.5)".to_owned(),
        });
    }
    let concerns_window = |condition: &String| {
        let word = condition.split('(').next();
        word.and_then(|word| TRIP.entry(word)).is_some_and(Entry::concerns_window)
    };
    let within = within.filter(|_| conditions.is_empty() || conditions.iter().any(concerns_window));
    Facts { conditions, within }
}

/// What a number of calls says about a rule, other than how many must fail.
#[derive(Clone, Copy)]
enum CallCount {
    /// How far back it looks.
    Window,
    /// Without how many it must not trip.
    Minimum,
}

/// What the words before the number at an index make of it: the nearest decides.
fn call_count(tokens: &[Token], at: usize) -> Option<CallCount> {
    let next = tokens.get(at + 1).map_or("", |next| next.text.as_str());
    if is_of_failures(next) {
        return None;
    }
    let said = tokens[..at].iter().rev().take(3).find_map(|word| match word.text.to_lowercase().as_str() {
        word if WITHIN.contains(&word) => Some(CallCount::Window),
        word if MINIMUM.contains(&word) => Some(CallCount::Minimum),
        _ => None,
    });
    said.or_else(|| {
        let (over, before) = tokens[..at].split_last()?;
        // In `with over 20 calls`, it compares.
        let compares = || before.last().is_none_or(|word| JOINING.iter().any(|joining| word.is(joining)));
        let is_across = ACROSS.iter().any(|word| over.is(word)) || over.is("over") && !compares();
        (is_of_calls(next) && is_across).then_some(CallCount::Window)
    })
}

/// Words before the number of calls, or of the last ones, that a rule looks at.
const WITHIN: [&str; 6] = ["last", "past", "of", "recent", "in", "per"];

/// The same right before it.
const ACROSS: [&str; 5] = ["within", "across", "for", "during", "every"];

/// Words after which something else is compared.
const JOINING: [&str; 8] = ["with", "and", "when", "if", "but", "has", "have", "once"];

/// Words before the number of calls without which a rule must not trip.
const MINIMUM: [&str; 5] = ["least", "min", "minimum", "after", "once"];

/// The condition for it: `after 20 calls`, `once there are at least 20 calls`.
pub(crate) fn minimum(tokens: &[Token]) -> Option<String> {
    let says = tokens.iter().position(|token| MINIMUM.iter().any(|word| token.is(word)))?;
    let number = says + tokens[says..].iter().position(is_number)?;
    let is_of_calls = |token: &Token| token.shape == Shape::Word && !is_of_failures(&token.text);
    let condition = format!("min({})", tokens[number].text);
    (tokens[number + 1..].iter().all(is_of_calls) && is_right(&condition)).then_some(condition)
}

fn exceeds(word: &Token) -> bool {
    ABOVE.iter().any(|above| word.is(above)) || word.is(">")
}

fn is_of_failures(word: &str) -> bool {
    word.starts_with("fail") || word.starts_with("err")
}

fn is_of_calls(word: &str) -> bool {
    const CALLS: [&str; 9] =
        ["call", "request", "attempt", "sample", "operation", "invocation", "execution", "message", "quer"];
    let word = word.to_lowercase();
    CALLS.iter().any(|start| word.starts_with(start))
}

/// Whether a condition's values are in range.
fn is_right(condition: &str) -> bool {
    let tokens = lex(condition).tokens;
    let Some(entry) = TRIP.entry(&tokens[0].text) else { return false };
    let inside = TokenRange::new(2, tokens.len() - 1);
    match entry.positional {
        [one] => value::read(&tokens, inside, "", one).is_ok(),
        _ => true,
    }
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
            ("when the service is down", Some("min(10) & failure_rate(0.5)")),
            ("5 failures in 10 calls", Some("failures(5)")),
            ("in 10 calls 5 failures", Some("failures(5)")),
            ("50% failures once there are 20 calls", Some("min(20) & failure_rate(50%)")),
            ("more than 5 failures in a row", Some("failure_streak(6)")),
            ("over 5 failures in the last 100 calls", Some("failures(6)")),
            ("5 failures", None),
            ("min(10) & failure_rate(0.5)", None),
            ("the success rate drops below 95%", Some("failure_rate(0.05)")),
            ("if 80% of the calls do not succeed", Some("failure_rate(80%)")),
            ("fewer than 5 calls are successful", Some("min(10) & failure_rate(0.5)")),
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
        ] {
            let problem = rule(&lex(text).tokens);
            let suggested = problem.as_ref().and_then(|problem| problem.suggestion());
            assert_eq!(suggested.map(|suggestion| suggestion.replacement.as_str()), expected, "{text}");
        }
    }
}
