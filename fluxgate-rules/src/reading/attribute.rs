//! The pieces of an attribute -> our arguments, or one corrected attribute for everything written otherwise.
//!
//! Anything but `name = value` with a name of ours is taken apart into names and values, whatever its form. Each of
//! these means a part of an argument, and the parts of each argument are put together again. So a whole configuration
//! of another library is one mistake, with one correction.

mod compose;
mod draft;
mod entries;
mod misplaced;
mod resolve;
mod threshold;
mod tracker;
mod tracker_forms;

pub use crate::reading::attribute::draft::{Attribute, NamedArgument};
pub use crate::reading::attribute::tracker::{KindOfError, tracker};
pub use crate::reading::attribute::tracker_forms::{MeantTracker, tracker_meant};

use crate::language::spelling::snake;
use crate::reading::attribute::draft::Draft;
use crate::reading::attribute::entries::AttributeReader;
use crate::suggestion::places;
use crate::text::brackets::Brackets;
use crate::text::characters::bare;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Token, TokenRange, content};

/// Reads the pieces of an attribute, each without the comma after it. `names` are the arguments, each with an example
/// value.
pub fn read(tokens: &[Token], pieces: &[TokenRange], names: &[(&'static str, &'static str)]) -> Attribute {
    read_as("argument", tokens, pieces, names)
}

/// Like [`read`], for text whose arguments are called something else: `noun`.
pub(crate) fn read_as(
    noun: &'static str,
    tokens: &[Token],
    pieces: &[TokenRange],
    names: &[(&'static str, &'static str)],
) -> Attribute {
    if let Some(problem) = quoted(tokens, names) {
        return Attribute { problems: vec![problem], ..Attribute::default() };
    }
    match Brackets::pair(tokens) {
        Ok(brackets) => Draft::read(AttributeReader { noun, tokens, brackets: &brackets, names }, pieces),
        Err(problem) => Attribute { problems: vec![problem], ..Attribute::default() },
    }
}

/// Reports a whole attribute in quotes: `"trip = failures(5)"`.
fn quoted(tokens: &[Token], names: &[(&'static str, &'static str)]) -> Option<Problem> {
    let [literal] = tokens else { return None };
    let text = bare(content(&literal.text)?)?;
    let inside = lex(&text).tokens;
    let [name, sign, _, ..] = inside.as_slice() else { return None };
    let is_argument = names.iter().any(|(known, _)| name.is(known)) && (sign.is("=") || sign.is(":"));
    let problem =
        Problem::new(TokenRange::new(0, 1), "arguments are written without quotes around all of them");
    is_argument.then(|| problem.correct(text))
}

/// Whether a name is an argument of another library.
pub fn is_foreign(name: &str) -> bool {
    resolve::is_exact(&snake(name))
}

/// Whether a word belongs to a different setting, so that it cannot be part of this argument's value.
pub fn is_word_of_another(argument: &str, word: &str) -> bool {
    places::vocabulary(argument)
        .is_some_and(|vocabulary| places::setting_elsewhere(vocabulary, word).is_some())
}
