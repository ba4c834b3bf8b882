//! A setting in plain English, translated into ours.

use crate::language::cardinal::in_figures;
use crate::language::notation::{duration_at, figures};
use crate::language::number::lenient;
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Entry, Kind, PERMIT, Parameter, Vocabulary, WINDOW};
use crate::model::duration::Spelled;
use crate::model::ratio::Ratio;
use crate::reading::elsewhere;
use crate::suggestion::clause::{is_number, is_of_calls};
use crate::suggestion::filled::Filled;
use crate::suggestion::parts::jitter_share;
use crate::suggestion::piece::{keyword, keyword_known};
use crate::suggestion::{arguments_of, is_known, meant, right_call};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// The problem of a setting in prose: `the last 5 minutes`, `backoff from 1s to 60s`.
pub(crate) fn setting(vocabulary: &'static Vocabulary, tokens: &[Token]) -> Option<Problem> {
    let whole = TokenRange::whole(tokens);
    let what = format!("`{}` is not {}", spell(tokens), vocabulary.noun_with_article());
    let problem = Problem::new(whole, what);
    if let Some(right) = spread(vocabulary, tokens) {
        return Some(right.correct(problem, whole));
    }
    let tokens = &without_signs(vocabulary, tokens);
    let with_figures = in_figures(tokens);
    if only_says_how_often(vocabulary, &with_figures) {
        let named = with_figures.iter().find_map(|word| vocabulary.entry(&word.text));
        return Some(problem.example(named.unwrap_or(&vocabulary.entries[0]).example()));
    }
    let figures = figures_in(vocabulary, tokens, &with_figures)?;
    let mut figures = schedule(vocabulary, &figures).unwrap_or(figures);
    let alone = without_value(vocabulary, &with_figures, &figures);
    figures.extend(alone.clone());
    let words = with_figures.iter().filter(|token| token.shape == Shape::Word);
    let words = words.map(|word| if is_of_calls(&word.text) { "calls" } else { &word.text });
    let known: Vec<_> = words.filter(|word| is_known(vocabulary, word)).collect();
    if known.is_empty()
        && let Some(problem) = of_another_setting(vocabulary, &with_figures, &figures, whole)
    {
        return Some(problem);
    }
    // `one call at a time`, `one every 10s`; but `from 10 to 100 within 60s` is a ramp.
    if let [number] | [number, _] = figures.as_slice()
        && known.is_empty()
        && vocabulary.setting == PERMIT.setting
        && number.parse::<u32>().is_ok()
    {
        return Some(problem.example(vocabulary.entries[0].example()).aside(limits_at_once(number)));
    }
    let named: Vec<_> =
        known.iter().filter_map(|word| Some(meant(vocabulary, word, &figures)?.right)).collect();
    let right = named.iter().find(|right| right.keeps_all(&figures)).or(named.first()).cloned();
    let right = right.or_else(|| having(vocabulary, alone.as_deref()?, &figures));
    let right = right.or_else(|| ramp(vocabulary, &figures)).or_else(|| taking(vocabulary, &figures))?;
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

/// What to write in place of a permit that is a number of calls.
pub(crate) fn limits_at_once(number: &str) -> String {
    format!("; `max_half_open_calls = {number}` limits how many calls run at once")
}

/// The figures of prose about a setting, as written and in figures; `None` if it is something else.
fn figures_in(vocabulary: &Vocabulary, tokens: &[Token], meant: &[Token]) -> Option<Vec<String>> {
    if let Some(share) = share(vocabulary, meant) {
        return Some(vec![share]);
    }
    if let Some(buckets) = of_buckets(vocabulary, meant) {
        return Some(buckets);
    }
    let is_prose = |token: &Token| {
        matches!(token.shape, Shape::Word | Shape::Number)
            || ["%", ",", "±"].iter().any(|sign| token.is(sign))
    };
    let figures = figures(meant);
    let is_value = tokens == meant
        && is_number(&tokens[0])
        && !tokens[1..].iter().any(is_number)
        && without_value(vocabulary, meant, &figures).is_none();
    let is_call = vocabulary.entry(&tokens[0].text).is_some() && meant.get(1).is_some_and(is_number);
    let is_other = is_value || figures.is_empty() || is_call && figures.len() == 1;
    (tokens.iter().all(is_prose) && !is_other).then_some(figures)
}

/// The argument that takes none of the figures: `30s with jitter`.
fn without_value(vocabulary: &Vocabulary, tokens: &[Token], figures: &[String]) -> Option<String> {
    let takes = |parameter: &Parameter, figure: &String| value::read_text(figure, "", parameter).is_ok();
    let argument = |word: &Token| {
        let known = |entry| keyword_known(vocabulary, entry, &word.text);
        let argument = vocabulary.entries.iter().find_map(known)?;
        (!figures.iter().any(|figure| takes(argument, figure))).then(|| argument.name.to_owned())
    };
    tokens.iter().find_map(argument)
}

/// The word that has this argument, and keeps most values.
fn having(vocabulary: &'static Vocabulary, name: &str, values: &[String]) -> Option<Filled> {
    let owners = vocabulary.entries.iter().filter(|entry| keyword(entry, name).is_some());
    let lost = |call: &Filled| values.iter().filter(|value| !call.keeps(value)).count();
    owners.map(|entry| right_call(vocabulary, entry, values)).min_by_key(lost)
}

/// The pause and the jitter of `30s ± 5s`.
fn spread(vocabulary: &'static Vocabulary, tokens: &[Token]) -> Option<Filled> {
    let [pause, signs @ .., by] = tokens else { return None };
    let signs: String = signs.iter().map(|sign| sign.text.as_str()).collect();
    let share = jitter_share(&pause.text, &by.text)?;
    let is_spread = ["±", "+-", "+/-"].contains(&signs.as_str());
    let values = [pause.text.clone(), format!("jitter = {share}")];
    is_spread.then(|| having(vocabulary, "jitter", &values)).flatten()
}

/// Without the brackets of `[1s, 2s]`, and the signs in `30s + 10%`, `30s +- 10%` and `10s..60s`.
fn without_signs(vocabulary: &Vocabulary, tokens: &[Token]) -> Vec<Token> {
    let inside = match tokens {
        [open, inside @ .., _] if open.is("[") && !inside.is_empty() => inside,
        [open, inside @ .., _] if open.is("(") && inside.iter().any(|token| token.is(",")) => inside,
        tokens => tokens,
    };
    let is_joint = |at: &usize| {
        let is = |at: usize, sign: &str| inside.get(at).is_some_and(|token| token.is(sign));
        let Some(before) = at.checked_sub(1) else { return false };
        let is_pause = |at: usize| inside.get(at).is_some_and(|token| lenient(&token.text).is_some());
        let is_range = is(*at, ".") && (is(before, ".") || is(at + 1, "."));
        is_range && vocabulary.setting != WINDOW.setting
            || is(*at, "+") && !is_pause(at + 1)
            || is(*at, "-") && is(before, "+")
    };
    (0..inside.len()).filter(|at| !is_joint(at)).map(|at| inside[at].clone()).collect()
}

/// The backoff that pauses of growing length amount to: `1s, 2s, 4s, 8s`.
fn schedule(vocabulary: &Vocabulary, figures: &[String]) -> Option<Vec<String>> {
    vocabulary.entry("backoff")?;
    let [first, _, _, ..] = figures else { return None };
    let pauses: Vec<_> = figures.iter().map(|figure| lenient(figure)).collect::<Option<_>>()?;
    if !pauses.is_sorted_by(|one, next| one < next) {
        return None;
    }
    let is_default = pauses[1] == pauses[0].saturating_mul(2);
    let multiplier = pauses[1].as_secs_f64() / pauses[0].as_secs_f64();
    let multiplier = (!is_default).then(|| format!("multiplier = {multiplier}"));
    let max = format!("max = {}", figures.last()?);
    Some([Some(first.clone()), multiplier, Some(max)].into_iter().flatten().collect())
}

/// The ramp that growing shares amount to: `10% then 50% then 100%`.
fn ramp(vocabulary: &'static Vocabulary, figures: &[String]) -> Option<Filled> {
    let ramp = vocabulary.entry("ramp_up")?;
    let share = |figure: &String| match value::read_text(figure, ramp.word, &ramp.positional[0]) {
        Ok(Value::Ratio(share)) => Some(share),
        _ => None,
    };
    let shares: Vec<_> = figures.iter().map(share).collect::<Option<_>>()?;
    let grows = shares.len() > 1 && shares.is_sorted_by(|one, next| one < next);
    let ends = [figures.first()?.clone(), figures.last()?.clone()];
    grows.then(|| right_call(vocabulary, ramp, &ends))
}

/// The time of all buckets and their number: `10 buckets of 6s`, `6 x 10s`, `60s / 6`.
fn of_buckets(vocabulary: &Vocabulary, tokens: &[Token]) -> Option<Vec<String>> {
    if vocabulary.setting != WINDOW.setting {
        return None;
    }
    if let [time, slash, count] = tokens
        && slash.is("/")
        && lenient(&time.text).is_some()
        && count.text.parse::<u32>().is_ok()
    {
        return Some(vec![time.text.clone(), count.text.clone()]);
    }
    let is = |token: &Token, words: &[&str]| words.iter().any(|word| token.is(word));
    let times = (0..tokens.len()).find_map(|at| match &tokens[at..] {
        [count, times, ..] if is_number(count) && is(times, &["x", "*", "×"]) => Some((count, at + 2)),
        [count, buckets, of, ..]
            if is_number(count) && buckets.text.starts_with("bucket") && is(of, &["of", "with", "each"]) =>
        {
            Some((count, at + 3))
        }
        _ => None,
    });
    let (count, each) = times?;
    let each = lenient(&duration_at(tokens, each)?)?;
    let whole = each.checked_mul(count.text.parse().ok()?)?;
    Some(vec![Spelled(whole).to_string(), count.text.clone()])
}

/// The problem of a window that is both a number of calls and a time: `100 calls or 60s`, `count(100) & time(60s)`.
pub(crate) fn two_windows(tokens: &[Token]) -> Option<Problem> {
    let figures = figures(tokens);
    let is_time = |figure: &&String| lenient(figure).is_some() && figure.parse::<u32>().is_err();
    let time = figures.iter().find(is_time)?;
    let count = figures.iter().find(|figure| figure.parse::<u32>().is_ok())?;
    let names_calls = tokens.iter().any(|word| word.is("count") || is_of_calls(&word.text));
    let is_rate = matches!(tokens, [_, slash, _] if slash.is("/"));
    let is_clear = names_calls || is_rate && figures[0] == *count;
    let is_one = figures.len() != 2 || tokens.iter().any(|token| token.text.starts_with("bucket"));
    if is_one || !is_clear {
        return None;
    }
    let problem = Problem::new(TokenRange::whole(tokens), "a window is either a number of calls or a time");
    Some(problem.correct(format!("count({count})")).aside(format!(", or `time({time})`")))
}

/// The problem of prose about another setting: `gradually over 10s`, for a retry.
fn of_another_setting(
    vocabulary: &Vocabulary,
    tokens: &[Token],
    figures: &[String],
    place: TokenRange,
) -> Option<Problem> {
    // What is counted, as in `100 requests` or `one at a time`, is not a word of a setting.
    let counts = |word: &Token| is_number(word) || ["a", "the", "each", "every"].iter().any(|it| word.is(it));
    let is_counted = |at: usize| at > 0 && counts(&tokens[at - 1]);
    let mut words = (0..tokens.len()).filter(|at| !is_counted(*at)).map(|at| &tokens[at].text);
    words.find_map(|word| {
        let value = lex(&format!("{word}({})", figures.join(", "))).tokens;
        elsewhere::word(vocabulary, word, place, &value)
    })
}

/// Whether prose only says `5 times` or `3 retries`, for a setting that takes neither a number of calls nor a share of
/// them.
fn only_says_how_often(vocabulary: &'static Vocabulary, tokens: &[Token]) -> bool {
    let takes_count =
        |entry: &Entry| matches!(entry.positional, [one] if one.kind.is_count() || one.kind == Kind::Ratio);
    // `failure 3 times`
    let takes_nothing = |word: &Token| {
        is_known(vocabulary, &word.text)
            && meant(vocabulary, &word.text, &[]).is_some_and(|meant| meant.entry.positional.is_empty())
    };
    let is_time = |word: &Token| ["time", "times", "retries", "tries"].iter().any(|it| word.is(it));
    let is_often = |pair: &[Token]| is_number(&pair[0]) && (is_time(&pair[1]) || is_of_calls(&pair[1].text));
    tokens.iter().filter(|token| is_number(token)).count() == 1
        && tokens.windows(2).any(is_often)
        && !vocabulary.entries.iter().any(takes_count)
        && !tokens.iter().any(takes_nothing)
}

/// The share of calls in a setting that takes one: `1 in 10`, `1/10`.
fn share(vocabulary: &Vocabulary, tokens: &[Token]) -> Option<String> {
    let is_share = |entry: &Entry| matches!(entry.positional, [one] if one.kind == Kind::Ratio);
    vocabulary.entries.iter().find(|entry| is_share(entry))?;
    let numbers: Vec<_> = (0..tokens.len()).filter(|at| is_number(&tokens[*at])).collect();
    let [part, whole] = numbers[..] else { return None };
    let joins = |token: &Token| ["in", "of", "out", "every", "/"].iter().any(|word| token.is(word));
    let between = &tokens[part + 1..whole];
    let number = |at: usize| tokens[at].text.parse::<u32>().ok().map(f64::from);
    let share = number(part)? / number(whole)?;
    let is_written = !between.is_empty() && between.iter().all(joins);
    (is_written && share > 0.0 && share <= 1.0).then(|| Ratio::new(share).to_string())
}

/// The first word that takes the most of these values.
fn taking(vocabulary: &'static Vocabulary, values: &[String]) -> Option<Filled> {
    let taken = |values: &[String]| {
        let calls = vocabulary.entries.iter().map(|entry| right_call(vocabulary, entry, values));
        calls.into_iter().find(|call| !call.is_example && arguments_of(&call.text) >= values.len())
    };
    (1..=values.len()).rev().find_map(|most| taken(&values[..most]))
}
