//! What follows a condition, or a value in its parentheses, without being joined to it: `failures(5) in 60s`, `failures(5 in
//! a row)`, `failure_rate(50%) after 20 calls`.

use crate::language::notation::duration_at;
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Entry, TRIP, Vocabulary, WINDOW};
use crate::reading::cursor::Cursor;
use crate::reading::operators::operator;
use crate::suggestion::clause::minimum;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange};

/// The problem of words after a condition that mean another one, and their end.
pub(crate) fn meant(cursor: &Cursor<'_>) -> Option<(Problem, usize)> {
    let start = cursor.at;
    let words = cursor.from(start).iter().take_while(|token| operator(token).is_none()).count();
    let place = TokenRange::new(start, start + words);
    let words = place.of(cursor.tokens);
    if !words.iter().all(|token| matches!(token.shape, Shape::Word | Shape::Number)) {
        return None;
    }
    let problem = Problem::new(place, format!("`{}` does not belong here", cursor.spell(place)));
    // `failure_rate(50%) after 20 calls`
    if let Some(minimum) = minimum(words) {
        return Some((problem.correct(format!("& {minimum}")), place.end));
    }
    // `failures(5) in a row`
    let (at, entry) =
        condition_before(cursor, start).filter(|(at, _)| cursor.brackets.close(at + 1) + 1 == start)?;
    let other = qualified(&TRIP, entry, words).filter(|_| words.iter().all(|it| it.shape == Shape::Word))?;
    let call = format!("{}{}", other.word, cursor.spell(TokenRange::new(at + 1, start)));
    Some((problem.correct_at(TokenRange::new(at, place.end), call), place.end))
}

/// The problem of what follows a condition and means no other.
pub(crate) fn problem(cursor: &Cursor<'_>, place: TokenRange) -> Problem {
    let condition = condition_before(cursor, place.start).map(|(_, entry)| entry);
    let help = match window_meant(cursor, condition, place) {
        Some(window) => format!("remove it; {window} says how far back a rule looks"),
        None => "remove it".to_owned(),
    };
    let what = format!("`{}` does not belong here", cursor.spell(place));
    Problem::new(place, what).help(help).correct("")
}

/// The last condition before an index, and where its word is.
fn condition_before(cursor: &Cursor<'_>, end: usize) -> Option<(usize, &'static Entry)> {
    let before = cursor.tokens[..end].iter().enumerate().rev();
    before.into_iter().find_map(|(at, word)| Some((at, TRIP.entry(&word.text)?)))
}

/// How many words a name has at most: `in a row`.
const LONGEST_NAME: usize = 4;

/// The word that these words make of another: `failures(5, consecutive)`, `cooldown(10s, exponential)`.
pub(crate) fn qualified(vocabulary: &Vocabulary, entry: &Entry, words: &[Token]) -> Option<&'static Entry> {
    let qualifies = |other: &&'static Entry| {
        // A condition that takes the same value asks something else.
        let is_kind_of_it = entry.word == "failures" && other.word == "failure_streak";
        entry.is_like(other) && other.word != entry.word && (is_kind_of_it || !vocabulary.is_joined())
    };
    let runs = (1..=LONGEST_NAME).flat_map(|length| words.windows(length));
    let is_plain = |token: &Token| token.shape == Shape::Word && !token.text.contains(char::is_uppercase);
    let names = runs.filter(|run| run.iter().all(is_plain)).map(|run| {
        let words: Vec<_> = run.iter().map(|token| token.text.as_str()).collect();
        words.join("_")
    });
    let others = names.flat_map(|name| vocabulary.foreign(&name).collect::<Vec<_>>());
    others.filter_map(|other| vocabulary.entry(other)).find(qualifies)
}

/// The window for which the figure after this condition was perhaps meant: `failures(5) within 60s`, `failures(5, of =
/// 10)`.
pub(crate) fn window_meant(
    cursor: &Cursor<'_>,
    condition: Option<&Entry>,
    place: TokenRange,
) -> Option<String> {
    condition.filter(|condition| condition.concerns_window() && cursor.vocabulary.is_joined())?;
    let tokens = place.of(cursor.tokens);
    if let Some(time) = (0..tokens.len()).find_map(|at| duration_at(tokens, at)) {
        return Some(format!("`window = time({time})`"));
    }
    let [parameter] = WINDOW.entry("count")?.positional else { return None };
    let is_count = |at: &usize| {
        value::read(tokens, TokenRange::at(*at), "count", parameter).is_ok_and(|it| it != Value::Rust)
    };
    let is_window = |token: &Token| {
        ["in", "of", "/", "out_of", "over", "past", "window"].iter().any(|word| token.is(word))
            || WINDOW.entry(&token.text).is_some()
            || WINDOW.foreign(&token.text).next().is_some()
    };
    let count = (1..tokens.len()).find(is_count).filter(|_| tokens.iter().any(is_window))?;
    Some(format!("`window = count({})`", tokens[count].text))
}
