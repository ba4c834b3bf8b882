//! A value that belongs to another setting.

use crate::language::vocabulary::{SINGLE_VALUES, Vocabulary};
use crate::reading::cursor::Cursor;
use crate::suggestion::filled::{Filled, reasons};
use crate::suggestion::places::{SETTINGS, setting_elsewhere, vocabulary};
use crate::suggestion::{Meant, is_known, meant, meant_by};
use crate::text::brackets::Brackets;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// What to write in the other setting: the word with its arguments corrected, or anything else as it is.
pub(crate) fn right_in(setting: &str, value: &[Token]) -> Filled {
    let call = || {
        let brackets = Brackets::pair(value).ok()?;
        let inside = match value {
            [_] => TokenRange::new(1, 1),
            [_, open, ..] if open.is("(") && brackets.close(1) + 1 == value.len() => {
                TokenRange::new(2, value.len() - 1)
            }
            _ => return None,
        };
        let pieces = brackets.split(value, inside);
        let values: Vec<_> = pieces.into_iter().map(|piece| spell(piece.of(value))).collect();
        let Meant { entry, mut right, .. } = meant(vocabulary(setting)?, &value[0].text, &values)?;
        if entry.is_share() {
            right.text.insert_str(0, "min(10) & ");
        }
        Some(right)
    };
    call().unwrap_or_else(|| Filled::given(spell(value)))
}

/// The problem of a word that belongs to a different setting, with the value that it begins.
pub(crate) fn word(
    vocabulary: &Vocabulary,
    word: &str,
    place: TokenRange,
    value: &[Token],
) -> Option<Problem> {
    let names = |other: &&&Vocabulary| {
        other.setting != vocabulary.setting && other.foreign(word).any(|ours| other.entry(ours).is_some())
    };
    // `any()` may mean almost anything.
    let has_figure = value.iter().any(|token| token.shape == Shape::Number);
    let foreign = || SETTINGS.iter().find(names).filter(|_| has_figure).map(|other| other.setting);
    let setting = setting_elsewhere(vocabulary, word).or_else(foreign)?;
    let Filled { text, is_example, losses } = right_in(setting, value);
    let example = if is_example { ", for example," } else { "" };
    let beside = beside(vocabulary);
    let help = format!("write `{setting} = {text}`{example}{beside}{}", reasons(&losses));
    Some(Problem::new(place, format!("`{word}` belongs in `{setting}`")).help(help))
}

/// The problem of the name of another setting in place of a word: `window(60s)`, `window = 60s`.
pub(crate) fn setting(
    cursor: &Cursor<'_>,
    name: &str,
    place: TokenRange,
    pieces: &[TokenRange],
) -> Option<Problem> {
    let setting = setting_named(name).filter(|setting| *setting != cursor.vocabulary.setting)?;
    let value = match (pieces, cursor.from(place.end)) {
        ([value], _) => *value,
        ([], [equals, word, ..]) if equals.is("=") && word.shape == Shape::Word => {
            let start = place.end + 1;
            let is_call = cursor.token(start + 1).is_some_and(|open| open.is("("));
            TokenRange::new(start, 1 + if is_call { cursor.brackets.close(start + 1) } else { start })
        }
        _ => return None,
    };
    let value = value.of(cursor.tokens);
    let right = match vocabulary(setting) {
        Some(vocabulary) if !is_known(vocabulary, &value.first()?.text) => {
            meant_by(vocabulary, value, TokenRange::whole(value))
        }
        Some(_) => Some(right_in(setting, value).text),
        None => Some(spell(value)),
    };
    let problem = Problem::new(place, format!("`{setting}` is a setting of its own"));
    let right = right.unwrap_or_else(|| "..".to_owned());
    Some(problem.help(format!("write `{setting} = {right}`{}", beside(cursor.vocabulary))))
}

/// Where to write another setting. Several settings take an outcome.
fn beside(vocabulary: &Vocabulary) -> String {
    let is_setting = SETTINGS.iter().any(|it| it.setting == vocabulary.setting);
    if is_setting { format!(" beside `{}`", vocabulary.setting) } else { " beside it".to_owned() }
}

/// The problem of what follows a value, and may belong to another setting: `cooldown(10s) & max_half_open_calls(3)`.
pub(crate) fn after_value(cursor: &Cursor<'_>, rest: TokenRange) -> Problem {
    let problem = Problem::new(rest, format!("`{}` does not belong here", cursor.spell(rest)));
    let words = rest.of(cursor.tokens).iter().filter(|token| token.shape == Shape::Word);
    let mut words = words.map(|word| word.text.as_str());
    let belongs = words.find_map(|word| match setting_named(word) {
        Some(setting) => Some(format!("`{setting}` is a setting of its own")),
        None => Some(format!("`{word}` belongs in `{}`", setting_elsewhere(cursor.vocabulary, word)?)),
    });
    let help = belongs.map_or_else(|| "remove it".to_owned(), |belongs| format!("remove it; {belongs}"));
    problem.help(help).correct("")
}

/// The setting with this name.
fn setting_named(name: &str) -> Option<&'static str> {
    let words = SETTINGS.iter().map(|vocabulary| vocabulary.setting);
    let values = SINGLE_VALUES.iter().map(|parameter| parameter.name);
    words.chain(values).find(|setting| *setting == name)
}
