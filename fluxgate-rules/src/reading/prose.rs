//! A rule in plain English, translated into conditions.

use crate::language::number::{is_percent, lenient};
use crate::language::value;
use crate::language::vocabulary::{Entry, TRIP};
use crate::model::duration::Spelled;
use crate::reading::operators::operator;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange};

/// The problem of a rule in prose: words in a row, without parentheses.
pub(crate) fn prose(tokens: &[Token]) -> Option<Problem> {
    let is_word = |token: &Token| token.shape == Shape::Word && operator(token).is_none() && !token.is("not");
    let is_figure = |token: &Token| token.shape == Shape::Number || token.is("%");
    let in_a_row = tokens
        .windows(2)
        .filter(|pair| (is_word(&pair[0]) || is_figure(&pair[0])) && is_word(&pair[1]))
        .count();
    // `5 failures` and `failures in 60s` are handled elsewhere.
    if in_a_row < 2 || tokens.iter().any(|token| token.shape == Shape::Open || token.is("&") || token.is("|"))
    {
        return None;
    }
    let problem =
        Problem::new(TokenRange::new(0, tokens.len()), "this is prose, and a rule is made of conditions");
    let Facts { conditions, within } = facts(tokens);
    let problem = problem.example(if conditions.is_empty() {
        "min(10) & failure_rate(0.5)".to_owned()
    } else {
        conditions.join(" & ")
    });
    Some(match within {
        Some(within) => problem.aside(format!("; `window = {within}` says how far back it looks")),
        None => problem,
    })
}

/// What can be extracted from prose.
struct Facts {
    conditions: Vec<String>,
    /// A window, if any condition depends on it.
    within: Option<String>,
}

fn facts(tokens: &[Token]) -> Facts {
    let has = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.text.to_lowercase().as_str()));
    let (mut conditions, mut within) = (Vec::new(), None);
    let is_slow = has(&["slow", "slower", "latency", "longer", "take", "takes"]);
    let threshold = tokens.iter().enumerate().find_map(|(at, _)| duration(tokens, at));
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.shape == Shape::Number) {
        let next = tokens.get(at + 1).map_or("", |next| next.text.as_str());
        let before = |words: &[&str]| {
            let words_before = tokens[..at].iter().rev().take(3);
            words_before.into_iter().any(|token| words.contains(&token.text.to_lowercase().as_str()))
        };
        let number = &token.text;
        if next == "%" || is_percent(next) || token.text.ends_with("percent") {
            let share = format!("{number}%");
            conditions.push(if is_slow {
                format!("slow_rate({share}, {})", threshold.as_deref().unwrap_or("2s"))
            } else {
                format!("failure_rate({share})")
            });
        } else if let Some(duration) = duration(tokens, at) {
            if !is_slow {
                within = Some(format!("time({duration})"));
            }
        } else if before(&["last", "past", "of", "recent"]) {
            within = Some(format!("count({number})"));
        } else if before(&["least", "min", "minimum", "after"])
            && !next.starts_with("fail")
            && !next.starts_with("err")
        {
            conditions.insert(0, format!("min({number})"));
        } else if has(&["row", "consecutive", "consecutively", "straight", "successive"]) {
            conditions.push(format!("failure_streak({number})"));
        } else {
            conditions.push(format!("failures({number})"));
        }
    }
    conditions.retain(|condition| is_right(condition));
    let concerns_window = |condition: &String| {
        let word = condition.split('(').next();
        word.and_then(|word| TRIP.entry(word)).is_some_and(Entry::concerns_window)
    };
    let within = within.filter(|_| conditions.is_empty() || conditions.iter().any(concerns_window));
    Facts { conditions, within }
}

/// The duration that starts with the number at `at`: `60s`, `60 seconds`.
fn duration(tokens: &[Token], at: usize) -> Option<String> {
    let number = tokens.get(at).filter(|token| token.shape == Shape::Number)?;
    let unit = tokens.get(at + 1).filter(|next| next.shape == Shape::Word);
    let texts =
        [number.text.clone(), format!("{}{}", number.text, unit.map_or("", |unit| unit.text.as_str()))];
    let is_unit = |text: &&String| !text.ends_with(|last: char| last.is_ascii_digit());
    texts.iter().filter(is_unit).find_map(|text| lenient(text)).map(|duration| Spelled(duration).to_string())
}

/// Whether a condition's values are in range.
fn is_right(condition: &str) -> bool {
    let tokens = crate::text::lexer::lex(condition).tokens;
    let Some(entry) = TRIP.entry(&tokens[0].text) else { return false };
    let inside = TokenRange::new(2, tokens.len() - 1);
    match entry.positional {
        [one] => value::read(&tokens, inside, "", one).is_ok(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::prose;
    use crate::text::lexer::lex;

    #[test]
    fn makes_conditions_of_prose() {
        for (text, rule) in [
            ("more than 50% of calls fail", Some("failure_rate(50%)")),
            ("trip when 5 failures in a row", Some("failure_streak(5)")),
            ("5 failures in 60 seconds", Some("failures(5)")),
            ("when the failure rate is above 50 percent over the last 100 calls", Some("failure_rate(50%)")),
            ("at least 10 calls and 50% failures", Some("min(10) & failure_rate(50%)")),
            ("30% of calls take longer than 2 seconds", Some("slow_rate(30%, 2s)")),
            ("when the service is down", Some("min(10) & failure_rate(0.5)")),
            ("5 failures", None),
            ("min(10) & failure_rate(0.5)", None),
            ("closed and failures or half_open", None),
        ] {
            let problem = prose(&lex(text).tokens);
            let suggested = problem.as_ref().and_then(|problem| problem.suggestion());
            assert_eq!(suggested.map(|suggestion| suggestion.replacement.as_str()), rule, "{text}");
        }
    }
}
