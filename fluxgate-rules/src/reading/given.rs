//! The arguments of a word, and what is wrong with them as a whole.

use crate::language::number::lenient;
use crate::language::vocabulary::{Entry, Vocabulary};
use crate::reading::cursor::Cursor;
use crate::reading::trailing::{qualified, window_meant};
use crate::suggestion::commas::{WITH_A_POINT, number_with_commas, with_points};
use crate::suggestion::filled::{Filled, with_window};
use crate::suggestion::inverted::{exceeded, is_turned, other_way_round};
use crate::suggestion::piece::{Piece, keyword_known, keyword_meant};
use crate::suggestion::{WITH_COMMAS, arranged, order_meant, right_call, with_commas};
use crate::text::problem::Problem;
use crate::text::token::TokenRange;

/// A word with the contents of its parentheses.
pub(crate) struct GivenArguments<'a> {
    pub(crate) vocabulary: &'static Vocabulary,
    pub(crate) entry: &'static Entry,
    /// The word and its parentheses.
    pub(crate) call: TokenRange,
    pub(crate) pieces: Vec<Piece<'a>>,
}

impl<'a> GivenArguments<'a> {
    pub(crate) fn unnamed(&self) -> Vec<Piece<'a>> {
        self.pieces.iter().filter(|piece| piece.name.is_none()).copied().collect()
    }

    /// Whether there is an argument with this name.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.pieces.iter().any(|piece| piece.name == Some(name))
    }

    /// The word with its arguments corrected.
    pub(crate) fn right(&self) -> Filled {
        arranged(self.vocabulary, self.entry, &self.pieces)
    }

    /// What is wrong with them as a whole, so that they cannot be read one by one.
    pub(crate) fn problem(&self, cursor: &Cursor<'_>) -> Option<Problem> {
        let Self { entry, call, .. } = *self;
        let wrong = |what: String, right: Filled| right.correct(Problem::new(call, what), call);
        if let Some(opposite) = self.opposite() {
            return Some(other_way_round(call, &cursor.spell(call), &opposite.text));
        }
        if let Some((right, count)) = self.exceeded() {
            let what = format!("`{}` takes {}", entry.word, entry.wanted());
            return Some(wrong(what, right).aside(format!(", which is more than {count}")));
        }
        if let Some(right) = self.qualified() {
            let what = format!("`{}` takes {}, and nothing else", entry.word, entry.wanted());
            return Some(wrong(what, right));
        }
        if let Some(right) = self.range_of_pauses() {
            return Some(wrong(format!("`{}` takes {}", entry.word, entry.wanted()), right));
        }
        if let Some(what) = self.misshapen(cursor) {
            let (window, mut right) = (self.window_meant(cursor), self.right());
            if window.is_some() {
                right.losses.clear();
            }
            return Some(with_window(wrong(what, right), window));
        }
        self.of_another_word()
    }

    /// The condition whose opposite was asked for: `failure_rate(< 50%)`, `failures(fewer than 5)`.
    fn opposite(&self) -> Option<Filled> {
        let is_turned = |piece: &Piece<'_>| is_turned(piece.tokens()) && !piece.values().is_empty();
        if !self.vocabulary.is_joined() || !self.pieces.iter().any(is_turned) {
            return None;
        }
        let values: Vec<_> = self.pieces.iter().flat_map(|piece| piece.parts(is_turned(piece))).collect();
        Some(right_call(self.vocabulary, self.entry, &values))
    }

    /// The condition for more than a count, and that count: `failures(> 5)`.
    fn exceeded(&self) -> Option<(Filled, u32)> {
        let ([piece], [parameter]) = (self.pieces.as_slice(), self.entry.positional) else { return None };
        let is_count = self.vocabulary.is_joined() && parameter.kind.is_count();
        let count = exceeded(piece.tokens()).filter(|_| is_count)?;
        let right = right_call(self.vocabulary, self.entry, &[count.checked_add(1)?.to_string()]);
        Some((right, count))
    }

    /// The word that was meant by this one and a word among its arguments, with the values.
    fn qualified(&self) -> Option<Filled> {
        // In `backoff(1s after 60s)`, the word only joins two values.
        let may_qualify = |piece: &Piece<'_>| {
            piece.name.is_none() && (self.vocabulary.is_joined() || piece.values().is_empty())
        };
        let of = |piece: &Piece<'_>| {
            may_qualify(piece).then(|| qualified(self.vocabulary, self.entry, piece.tokens())).flatten()
        };
        let other = self.pieces.iter().find_map(of)?;
        let values: Vec<_> = self.pieces.iter().flat_map(|piece| piece.parts(of(piece).is_some())).collect();
        Some(right_call(self.vocabulary, other, &values))
    }

    /// The word like this one that takes all the durations, if this one does not: `cooldown(5s..60s)`.
    fn range_of_pauses(&self) -> Option<Filled> {
        // `1m 30s` is one pause.
        let is_one = |piece: &Piece<'_>| self.entry.positional.iter().any(|own| piece.resembles(own));
        if self.vocabulary.is_joined() || self.pieces.len() == 1 && is_one(&self.pieces[0]) {
            return None;
        }
        let values: Vec<_> = self.unnamed().iter().flat_map(Piece::values).collect();
        let pauses: Vec<_> = values.iter().map(|value| lenient(value)).collect::<Option<_>>()?;
        if pauses.len() < self.pieces.len().max(2) || !pauses.is_sorted() {
            return None;
        }
        let takes_all = |entry: &'static Entry| {
            let right = right_call(self.vocabulary, entry, &values);
            (!right.is_example && right.keeps_all(&values)).then_some(right)
        };
        let is_alike = |other: &&Entry| self.entry.is_like(other);
        let others = self.vocabulary.entries.iter().filter(is_alike);
        if takes_all(self.entry).is_some() { None } else { others.into_iter().find_map(takes_all) }
    }

    /// What is wrong with their names, their order, the signs between them or their number.
    fn misshapen(&self, cursor: &Cursor<'_>) -> Option<String> {
        let vocabulary = self.vocabulary;
        let (word, wanted) = (self.entry.word, self.entry.wanted());
        let unnamed = self.unnamed();
        if self.pieces.iter().any(|piece| self.is_named_needlessly(piece)) {
            Some(format!("`{word}` takes {wanted}, without a name"))
        } else if order_meant(self.entry, &unnamed).is_some() {
            Some(format!("`{word}` takes {wanted}, in this order"))
        } else if let Some(values) = with_commas(vocabulary, self.entry, &self.pieces) {
            Some(match (unnamed.as_slice(), self.entry.positional) {
                ([piece], [own]) if values.len() == 1 => {
                    format!("`{}` is not {}", piece.text(), own.kind.noun())
                }
                _ => WITH_COMMAS.to_owned(),
            })
        } else if unnamed.len() < self.entry.positional.len() {
            Some(match unnamed.len() {
                0 => format!("`{word}` takes {wanted}"),
                1 => format!("`{word}` takes {wanted}, and only one of them is given"),
                given => format!("`{word}` takes {wanted}, and only {given} of them are given"),
            })
        } else {
            let number = number_with_commas(vocabulary, self.entry, &self.pieces).map(|(what, _)| what);
            let with_points = || with_points(vocabulary, self.entry, &self.pieces).map(|_| WITH_A_POINT);
            let what = number.or_else(with_points).map(str::to_owned);
            let has_window = || self.window_meant(cursor).filter(|_| unnamed.len() == self.pieces.len());
            what.or_else(|| has_window().map(|_| format!("`{word}` takes {wanted}, and nothing else")))
        }
    }

    /// The window for which a figure among the arguments was perhaps meant.
    fn window_meant(&self, cursor: &Cursor<'_>) -> Option<String> {
        // `failures(5 in 60s)`, `failures(5 per minute)`
        let has_other = |piece: &Piece<'_>| match self.entry.positional {
            [own] => piece.values().len() > 1 && (own.kind.is_count() || !piece.resembles(own)),
            _ => false,
        };
        let is_other = |piece: &&Piece<'_>| match piece.name {
            Some(name) => self.entry.positional.iter().all(|parameter| parameter.name != name),
            None => has_other(piece),
        };
        let others = self.pieces.iter().filter(is_other);
        others.into_iter().find_map(|piece| window_meant(cursor, Some(self.entry), piece.place))
    }

    /// Whether it has a name where none is needed.
    fn is_named_needlessly(&self, piece: &Piece<'_>) -> bool {
        piece.name.is_some_and(|name| {
            let is_missing = self.unnamed().len() < self.entry.positional.len();
            (self.entry.keywords.is_empty()
                || is_missing && keyword_meant(self.vocabulary, self.entry, name).is_none())
                && owner_of(self.vocabulary, name).is_none()
                || self.entry.positional.iter().any(|parameter| parameter.name == name)
        })
    }

    /// A value for another word, if this word takes nothing like it: `count(60s)`, `failures(50%)`.
    pub(crate) fn of_another_word(&self) -> Option<Problem> {
        let [piece] = self.pieces.as_slice() else { return None };
        let (other, value) = (self.other(piece)?, piece.text());
        let (word, wanted) = (self.entry.word, self.entry.wanted());
        let what = format!("`{word}` takes {wanted}, and `{value}` is {}", other.wanted());
        Some(Problem::new(self.call, what).correct(other.with(&[value])))
    }

    fn other(&self, piece: &Piece<'_>) -> Option<&'static Entry> {
        let [parameter] = self.entry.positional else { return None };
        if self.vocabulary.is_joined() {
            let other = match self.entry.word {
                "failures" => "failure_rate",
                "failure_streak" => "failing_for",
                _ => return None,
            };
            let is_wrong = piece.read("", parameter).is_err_and(|problem| problem.is_example());
            let takes = |entry: &&Entry| piece.fits(&entry.positional[0]);
            return self.vocabulary.entry(other).filter(takes).filter(|_| is_wrong);
        }
        let takes =
            |entry: &&Entry| matches!(entry.positional, [one] if one.kind.is_duration() && piece.fits(one));
        let is_other = !parameter.kind.is_duration() && !piece.fits(parameter);
        self.vocabulary.entries.iter().find(takes).filter(|_| is_other)
    }
}

/// A word that has an argument with this name.
pub(crate) fn owner_of(vocabulary: &Vocabulary, name: &str) -> Option<&'static Entry> {
    vocabulary.entries.iter().find(|entry| keyword_known(vocabulary, entry, name).is_some())
}
