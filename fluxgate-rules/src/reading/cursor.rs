//! The tokens of one setting, and the next one to read.

use crate::language::notation::duration_at;
use crate::language::number::{is_percent, same_unit};
use crate::language::spelling::snake;
use crate::language::vocabulary::{Entry, Vocabulary};
use crate::suggestion::is_known;
use crate::suggestion::places::is_static;
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// Shared by all readers of one string or token stream.
pub(crate) struct Cursor<'a> {
    pub(crate) tokens: &'a [Token],
    pub(crate) brackets: &'a Brackets,
    pub(crate) vocabulary: &'static Vocabulary,
    pub(crate) problems: Vec<Problem>,
    /// The index of the next token.
    pub(crate) at: usize,
    /// Where the current group ends.
    pub(crate) end: usize,
}

/// A word, perhaps with a path before it, raw, or with hyphens or spaces instead of underscores.
pub(crate) struct WrittenName {
    pub(crate) place: TokenRange,
    pub(crate) text: String,
}

impl<'a> Cursor<'a> {
    /// At the first token.
    pub(crate) fn new(tokens: &'a [Token], brackets: &'a Brackets, vocabulary: &'static Vocabulary) -> Self {
        Self { tokens, brackets, vocabulary, problems: Vec::new(), at: 0, end: tokens.len() }
    }

    /// Moves to the first token of a group.
    pub(crate) fn enter(&mut self, group: TokenRange) {
        (self.at, self.end) = (group.start, group.end);
    }

    /// The next token.
    pub(crate) fn next(&self) -> Option<&'a Token> {
        self.token(self.at)
    }

    /// The token at an index, unless it is past the end of the group.
    pub(crate) fn token(&self, at: usize) -> Option<&'a Token> {
        self.tokens[..self.end].get(at)
    }

    /// The tokens from an index to the end of the group.
    pub(crate) fn from(&self, at: usize) -> &'a [Token] {
        &self.tokens[at..self.end]
    }

    /// The contents of the parentheses that open at an index.
    pub(crate) fn inside(&self, opening: usize) -> TokenRange {
        TokenRange::new(opening + 1, self.brackets.close(opening))
    }

    /// The non-empty pieces between the commas of a range.
    pub(crate) fn pieces(&self, range: TokenRange) -> Vec<TokenRange> {
        let mut pieces = self.brackets.split(self.tokens, range);
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    /// The first comma of a range with nothing before it.
    pub(crate) fn needless_comma(&self, range: TokenRange) -> Option<TokenRange> {
        let pieces = self.brackets.split(self.tokens, range);
        pieces.iter().find(|piece| piece.is_empty()).map(|piece| TokenRange::at(piece.end))
    }

    /// The range extended by the comma before it, or after it.
    pub(crate) fn with_comma(&self, range: TokenRange) -> TokenRange {
        range.with_separator(self.tokens, |token| token.is(","))
    }

    pub(crate) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports tokens to remove.
    pub(crate) fn report_misplaced(&mut self, place: TokenRange) {
        let problem = Problem::new(place, format!("`{}` does not belong here", self.spell(place)));
        self.report(problem.help("remove it").correct(""));
    }

    pub(crate) fn spell(&self, range: TokenRange) -> String {
        spell(range.of(self.tokens))
    }

    /// The name that starts at an index.
    pub(crate) fn name(&self, start: usize) -> WrittenName {
        let mut last = self.receiver(start);
        while let [_, first, second, word, ..] = self.from(last)
            && first.is(":")
            && second.is(":")
            && word.shape == Shape::Word
        {
            last += 3;
        }
        let bare = |at: usize| {
            let text = &self.tokens[at].text;
            text.strip_prefix("r#").unwrap_or(text).to_owned()
        };
        let (mut text, mut after) = (bare(last), last + 1);
        let mut joined = text.clone();
        let mut at = last;
        loop {
            // `consecutive failures`
            let is_part = |entry: &Entry| {
                !entry.positional.is_empty() && is_known(self.vocabulary, &format!("{joined}_{}", entry.word))
            };
            at += match self.from(at) {
                [_, sign, word, ..] if sign.is("-") && word.shape == Shape::Word => 2,
                // In `failures(5) when closed`, the second word is a condition of its own.
                [word, next, rest @ ..]
                    if word.shape == Shape::Word
                        && next.shape == Shape::Word
                        && (begins_group(rest) || self.vocabulary.entry(&next.text).is_none_or(is_part)) =>
                {
                    1
                }
                _ => break,
            };
            joined = format!("{joined}_{}", bare(at));
            if is_known(self.vocabulary, &joined) {
                (text, after) = (joined.clone(), at + 1);
            } else if after == at
                && begins_group(self.from(at + 1))
                && let Some(meant) = self.described(&text, &bare(at))
            {
                (text, after) = (meant, at + 1);
            }
        }
        // The quotient of failures and calls is a rate.
        if let [slash, word, ..] = self.from(after)
            && slash.is("/")
            && word.shape == Shape::Word
            && self.vocabulary.means(&text, "failures")
            && self.vocabulary.means(&bare(after + 1), "min")
        {
            (text, after) = ("failure_rate".to_owned(), after + 2);
        }
        if let Some((meant, end)) = self.function_of(&text, after) {
            (text, after) = (meant, end);
        }
        WrittenName { place: TokenRange::new(start, after), text }
    }

    /// What a function of calls means if it is compared with a value, and where it ends: `avg(latency) > 1s`,
    /// `count(failures) > 5`, `rate(errors[5m]) > 0.1`, `percentile(latency, 99) > 1s`.
    fn function_of(&self, function: &str, open: usize) -> Option<(String, usize)> {
        self.token(open).filter(|group| group.is("(") && self.vocabulary.is_joined())?;
        let inside = self.inside(open);
        let end = inside.end + 1;
        if self.end_of_signs(end) == end {
            return None;
        }
        let pieces = self.pieces(inside);
        let is_subject = |piece: &TokenRange| match piece.of(self.tokens) {
            [subject] => subject.shape == Shape::Word,
            [subject, range, ..] => subject.shape == Shape::Word && range.is("["),
            [] => false,
        };
        let (subjects, figures): (Vec<_>, Vec<_>) = pieces.into_iter().partition(is_subject);
        let [subject] = subjects[..] else { return None };
        let figures: Vec<_> = figures.iter().map(|figure| self.spell(*figure)).collect();
        let figures: Vec<_> =
            figures.iter().filter(|figure| duration_at(&lex(figure).tokens, 0).is_none()).collect();
        let subject = snake(&self.tokens[subject.start].text);
        let one = subject.trim_end_matches('s');
        let names = match figures[..] {
            [] => {
                let counts = ["count", "sum", "total"].contains(&function);
                let joined = [
                    format!("{function}_{subject}"),
                    format!("{subject}_{function}"),
                    format!("{one}_{function}"),
                ];
                joined.into_iter().chain(counts.then_some(subject)).collect()
            }
            [share] if ["percentile", "quantile"].iter().any(|it| function.ends_with(it)) => {
                vec![format!("p{}", share.trim_start_matches("0."))]
            }
            _ => Vec::new(),
        };
        Some((names.into_iter().find(|name| is_known(self.vocabulary, name))?, end))
    }

    /// What a word and the one that it describes mean together: `fixed cooldown(30s)` says the same twice, and
    /// `exponential cooldown(1s)` is not a cooldown.
    fn described(&self, adjective: &str, word: &str) -> Option<String> {
        let ours = |word: &str| -> Vec<&str> {
            let own = self.vocabulary.entry(word).map(|entry| entry.word);
            own.into_iter().chain(self.vocabulary.foreign(word)).collect()
        };
        let (first, second) = (ours(adjective), ours(word));
        if first.iter().any(|meaning| second.contains(meaning)) {
            let is_ours = self.vocabulary.entry(word).is_some();
            return Some(if is_ours { word } else { adjective }.to_owned());
        }
        let is_foreign = self.vocabulary.entry(adjective).is_none() && !first.is_empty();
        (is_foreign && !second.is_empty() && !self.vocabulary.is_joined()).then(|| adjective.to_owned())
    }

    /// Where the word begins in a path such as `metrics.failure_rate`, if the path ends in one of ours.
    fn receiver(&self, start: usize) -> usize {
        let mut last = start;
        while let [word, point, next, ..] = self.from(last)
            && word.shape == Shape::Word
            && point.is(".")
            && next.shape == Shape::Word
            && !is_known(self.vocabulary, &word.text)
        {
            last += 2;
            if is_known(self.vocabulary, &next.text) {
                return last;
            }
        }
        start
    }

    /// The end of the comparison signs starting at an index.
    pub(crate) fn end_of_signs(&self, from: usize) -> usize {
        let is_sign = |token: &&Token| ["<", ">", "=", ":", "≥", "≤", "≠"].iter().any(|sign| token.is(sign));
        let is_negated = matches!(self.from(from), [not, equals, ..] if not.is("!") && equals.is("="));
        let start = from + usize::from(is_negated);
        start + self.from(start).iter().take_while(is_sign).count()
    }

    /// The end of the number, with its signs, starting at an index, if there is one.
    pub(crate) fn end_of_figure(&self, from: usize) -> Option<usize> {
        let is_value = |token: &Token| matches!(token.shape, Shape::Number | Shape::Literal);
        let is_figure = |token: &&Token| is_value(token) || ["-", ".", "%"].iter().any(|it| token.is(it));
        // `500 ms`, `50 percent`
        let is_unit = |token: &Token| same_unit(&token.text).is_some() || is_percent(&token.text);
        let is_part = |token: &&Token| is_figure(token) || token.shape == Shape::Word && is_unit(token);
        let rest = self.from(from);
        let starts = rest.first().is_some_and(|first| is_figure(&first));
        let after = from + rest.iter().take_while(|token| starts && is_part(token)).count();
        TokenRange::new(from, after).of(self.tokens).iter().any(is_value).then_some(after)
    }

    /// Whether the word at an index is a user's constant rather than the next condition.
    pub(crate) fn is_constant(&self, at: usize) -> bool {
        let is_constant = |word: &Token| {
            word.shape == Shape::Word
                && (is_static(core::slice::from_ref(word)) || !self.begins_condition(at))
        };
        self.token(at).is_some_and(is_constant)
    }

    /// Whether a share is judged without a minimum of calls.
    pub(crate) fn lacks_min(&self) -> bool {
        let entry = |token: &Token| self.vocabulary.entry(&token.text);
        self.vocabulary.is_joined()
            && self.tokens.iter().filter_map(entry).any(Entry::is_share)
            && !self.tokens.iter().any(|token| token.is("min"))
    }

    /// Whether a condition begins at an index, judging by its first words.
    pub(crate) fn begins_condition(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        match token.shape {
            Shape::Open => true,
            Shape::Word => {
                let name = self.name(at);
                is_known(self.vocabulary, &name.text)
                    || token.is("not")
                    || self.token(name.place.end).is_some_and(|next| next.is("("))
            }
            _ => token.is("!") && self.token(at + 1).is_some_and(|next| next.shape != Shape::Close),
        }
    }
}

fn begins_group(tokens: &[Token]) -> bool {
    tokens.first().is_some_and(|first| first.is("("))
}
