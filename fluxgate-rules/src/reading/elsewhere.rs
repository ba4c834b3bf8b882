//! A value that belongs to another setting.

use crate::reading::attribute::places::vocabulary;
use crate::reading::filled::Filled;
use crate::reading::suggestion::{Meant, meant};
use crate::text::brackets::Brackets;
use crate::text::token::{Token, TokenRange, spell};

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
