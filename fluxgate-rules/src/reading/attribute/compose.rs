//! Composes the value of one argument from parts that other libraries set one by one.

pub(crate) mod rule;
pub(crate) mod setting;

use crate::language::foreign::{Part, Unit};
use crate::language::notation::with_unit;
use crate::language::value;
use crate::language::vocabulary::{
    EXAMPLE_RULE, HALF_OPEN_TIMEOUT, KEY_IDLE, MAX_HALF_OPEN_CALLS, ON_CANCEL, OUTCOME, Parameter, TIMEOUT,
};
use crate::model::window::Window;
use crate::reading::attribute::tracker::tracker;
use crate::reading::attribute::tracker_forms::{MeantTracker, tracker_meant};
use crate::reading::read;
use crate::suggestion::filled::Filled;
use crate::suggestion::parts::{GivenPart, with_units};
use crate::suggestion::places::vocabulary;
use crate::suggestion::repair::repaired;
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, between_quotes, content, spell};

/// The value of an argument with all these parts; `None` if they mean nothing.
pub(crate) fn compose(setting: &str, parts: &[GivenPart], window: &Window) -> Option<Filled> {
    let parts = with_units(parts);
    let filled = match vocabulary(setting) {
        Some(vocabulary) if vocabulary.is_joined() => rule::rule(&parts),
        Some(vocabulary) => setting::setting(vocabulary, &parts),
        None if setting == "success" => successes(&parts),
        None => whole(setting, &parts.first()?.value, parts.first()?.unit),
    }?;
    Some(corrected(setting, filled, window))
}

/// The value with its mistakes corrected, or an example if that is not possible.
fn corrected(setting: &str, filled: Filled, window: &Window) -> Filled {
    let problems = |tokens: &[Token]| -> Vec<Problem> {
        match setting {
            "retry" => read::retry(tokens).err(),
            "window" => read::window(tokens).err(),
            "trip" => read::rule(tokens, window).err(),
            "permit" => read::permit(tokens).err(),
            "on_panic" => read::word(tokens, "on_panic", &OUTCOME).err(),
            "on_cancel" => read::word(tokens, "on_cancel", &ON_CANCEL).err(),
            _ => None,
        }
        .unwrap_or_default()
    };
    let inside =
        filled.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|_| is_read(setting));
    let Some(right) = repaired(inside.unwrap_or(&filled.text), problems) else {
        return Filled { losses: filled.losses, ..Filled::new(example(setting), true) };
    };
    let text = if inside.is_some() { format!("\"{}\"", right.text) } else { right.text };
    Filled {
        text,
        is_example: filled.is_example || right.is_example,
        losses: [filled.losses, right.losses].concat(),
    }
}

fn is_read(setting: &str) -> bool {
    vocabulary(setting).is_some() || setting.starts_with("on_")
}

fn example(setting: &str) -> &'static str {
    match setting {
        "window" => "count(100)",
        "retry" => "cooldown(60s)",
        "permit" => "ramp_up(0.1, 1.0, 60s)",
        "on_panic" => "failure",
        "on_cancel" => "ignore",
        _ => EXAMPLE_RULE,
    }
}

/// An argument with a single value.
fn whole(setting: &str, value: &str, unit: Unit) -> Option<Filled> {
    let kept = |text: &str| Some(Filled::given(text));
    let inside = between_quotes(value);
    let of = |parameter: &Parameter| {
        let text = with_unit(value, unit);
        match value::read_text(&text, "", parameter) {
            Ok(_) => kept(&text),
            Err(problem) => Filled::suggested(&problem),
        }
    };
    match setting {
        "max_half_open_calls" => of(&MAX_HALF_OPEN_CALLS),
        "half_open_timeout" => of(&HALF_OPEN_TIMEOUT),
        "timeout" => of(&TIMEOUT),
        "key_idle" => of(&KEY_IDLE),
        "name" if inside.is_none() => kept(&format!("\"{value}\"")),
        "name" => kept(value),
        "track" | "success" | "ignore" => Some(meant_tracker(value)),
        "fallback" | "rejected" => Some(handler(value)),
        // A name.
        _ => kept(inside.unwrap_or(value)),
    }
}

fn meant_tracker(value: &str) -> Filled {
    match tracker_meant(&lex(value).tokens) {
        Some(MeantTracker { text, .. }) => Filled::given(text),
        None => match tracker(value) {
            Some(text) => Filled::given(text),
            None => Filled::new("matches(PATTERN)", true),
        },
    }
}

/// The errors that count as successes: those given as such, and all except those given as the only failures.
fn successes(parts: &[GivenPart]) -> Option<Filled> {
    let filled = parts.iter().map(|given| {
        let tracker = meant_tracker(&given.value);
        if given.part != Part::OnlyFailures {
            return tracker;
        }
        let tokens = lex(&tracker.text).tokens;
        let text = match tokens.as_slice() {
            [not, rest @ ..] if not.is("!") && is_single(rest) => spell(rest),
            tokens if is_single(tokens) => format!("!{}", tracker.text),
            _ => format!("!({})", tracker.text),
        };
        let losses = vec!["all other errors count as successes there".to_owned()];
        Filled { text, losses, ..tracker }
    });
    filled.reduce(|one, other| Filled {
        text: format!("{} | {}", one.text, other.text),
        is_example: one.is_example || other.is_example,
        losses: [one.losses, other.losses].concat(),
    })
}

/// Whether a tracker is one word with its arguments.
fn is_single(tokens: &[Token]) -> bool {
    let close = Brackets::pair(tokens).ok().filter(|_| tokens.len() > 1).map(|brackets| brackets.close(1));
    tokens.len() == 1 || close.is_some_and(|close| close + 1 == tokens.len())
}

/// What a handler takes in place of a value: the path of a function, or a closure with one parameter.
fn handler(value: &str) -> Filled {
    let tokens = lex(value).tokens;
    let is_path = |tokens: &[Token]| {
        let is_value = |token: &Token| ["None", "true", "false"].iter().any(|value| token.is(value));
        tokens.iter().all(|token| token.shape == Shape::Word && !is_value(token) || token.is(":"))
    };
    let before = tokens.iter().take_while(|token| token.is("async") || token.is("move")).count();
    let is_awaited = tokens.first().is_some_and(|first| first.is("async"))
        || tokens.last().is_some_and(|last| last.is("await"));
    let keyword = if is_awaited { "async " } else { "" };
    match (tokens.as_slice(), &tokens[before..]) {
        (path, _) if is_path(path) => Filled::given(value),
        ([literal], _) if literal.shape == Shape::Literal || literal.shape == Shape::Number => {
            match content(&literal.text) {
                Some(path) if is_path(&lex(path).tokens) => Filled::given(path),
                // Most functions return a `Result`.
                _ => Filled::new(format!("|_| Ok({value})"), true),
            }
        }
        (_, [bar, second, body @ ..]) if bar.is("|") && second.is("|") => {
            Filled::given(format!("{keyword}|_| {}", spell(body)))
        }
        (_, [bar, ..]) if bar.is("|") => Filled::given(value),
        (_, body) => Filled::given(format!("{keyword}|_| {}", spell(body))),
    }
}
