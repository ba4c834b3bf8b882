//! Negated or compared states: `!closed`, `~half_open`, `state != closed`.

use crate::language::spelling::snake;
use crate::reading::cursor::Cursor;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange};

/// Why a rule has no negation.
const NO_NEGATION: &str = "conditions cannot be negated, so that worse numbers never un-trip a rule";

/// Whether a token negates what follows.
pub(crate) fn is_negation(token: &Token) -> bool {
    ["!", "~", "¬"].iter().any(|sign| token.is(sign))
        || token.shape == Shape::Word && token.text.to_lowercase() == "not"
}

/// The problem of the negation at the cursor, which does not move. The negated condition may have no opposite, and
/// removing only the negation would reverse the rule.
pub(crate) fn negation(cursor: &Cursor<'_>) -> Problem {
    let at = cursor.at;
    let run = cursor.from(at).iter().take_while(|token| is_negation(token)).count();
    let operand = at + run;
    let is_group = cursor.token(operand).is_some_and(|open| open.is("("));
    let inside = if is_group { cursor.inside(operand) } else { TokenRange::new(operand, operand + 1) };
    let end = inside.end + usize::from(is_group);
    let is_call = cursor.token(end).is_some_and(|open| open.is("("));
    let end = if is_call { cursor.brackets.close(end) + 1 } else { end };
    let is_odd = run % 2 == 1;
    let word = match inside.of(&cursor.tokens[..cursor.end]) {
        [word] => state(word),
        _ => None,
    };
    let place = TokenRange::new(at, end.min(cursor.end));
    match word {
        Some(word) => {
            let meant = if is_odd { other(word) } else { word };
            Problem::new(place, NO_NEGATION).correct(meant)
        }
        None => Problem::new(TokenRange::new(at, operand), NO_NEGATION)
            .help("say when to trip, rather than when not to"),
    }
}

/// The problem of `state == closed`, `closed == true` or the like at the cursor, and where it ends.
pub(crate) fn comparison(cursor: &Cursor<'_>) -> Option<(Problem, usize)> {
    let mut subject = cursor.at;
    while let [_, point, ..] = cursor.from(subject)
        && point.is(".")
    {
        subject += 2;
    }
    let word = cursor.token(subject)?;
    let compared = state(word);
    if !speaks_of_state(word) {
        return None;
    }
    let mut sign = subject + 1;
    // `state()`
    if let [open, close, ..] = cursor.from(sign)
        && open.is("(")
        && close.is(")")
    {
        sign += 2;
    }
    let is_sign = |token: &&Token| ["=", "!", "is", "not", "in"].iter().any(|sign| token.is(sign));
    let signs = cursor.from(sign).iter().take_while(is_sign).count();
    let is_negated = cursor.from(sign)[..signs].iter().any(|token| token.is("!") || token.is("not"));
    let mut value = sign + signs;
    if let Some(compared) = compared {
        let truth = cursor.token(value).filter(|_| signs > 0)?;
        let is_false = truth.is("false");
        let meant = if is_false == is_negated { compared } else { other(compared) };
        let place = TokenRange::new(cursor.at, value + 1);
        let problem = Problem::new(place, "a state is itself a condition").correct(meant);
        return (is_false || truth.is("true")).then_some((problem, value + 1));
    }
    // `State::Closed`
    while let [_, first, second, ..] = cursor.from(value)
        && first.is(":")
        && second.is(":")
    {
        value += 3;
    }
    // `'closed'`
    let is_quoted = cursor.token(value).is_some_and(|quote| quote.is("'"));
    value += usize::from(is_quoted);
    let word = cursor.token(value).filter(|_| signs > 0).and_then(state)?;
    value += usize::from(is_quoted && cursor.token(value + 1).is_some_and(|quote| quote.is("'")));
    let meant = if is_negated { other(word) } else { word };
    let place = TokenRange::new(cursor.at, value + 1);
    Some((Problem::new(place, "a state is itself a condition").correct(meant), value + 1))
}

/// The state that a token names.
pub(crate) fn state(token: &Token) -> Option<&'static str> {
    match snake(token.text.trim_matches(['"', '\''])).as_str() {
        "closed" | "is_closed" => Some("closed"),
        "half_open" | "halfopen" | "half_opened" | "is_half_open" => Some("half_open"),
        _ => None,
    }
}

/// The state at the beginning, if a sign separates it from its conditions: `closed: ..`, `closed => ..`. Also how many
/// tokens come before these.
pub(crate) fn heading(tokens: &[Token]) -> Option<(&'static str, usize)> {
    match tokens {
        [word, colon, ..] if colon.is(":") => Some((state(word)?, 2)),
        [word, shaft, head, ..] if (shaft.is("=") || shaft.is("-")) && head.is(">") => {
            Some((state(word)?, 3))
        }
        _ => None,
    }
}

/// Whether a word is a state, or something that has one.
pub(crate) fn speaks_of_state(token: &Token) -> bool {
    let names = ["state", "status", "breaker", "circuit", "circuit_state"];
    state(token).is_some() || names.contains(&snake(&token.text).as_str())
}

/// The other state in which a breaker judges calls.
pub(crate) fn other(state: &str) -> &'static str {
    if state == "closed" { "half_open" } else { "closed" }
}
