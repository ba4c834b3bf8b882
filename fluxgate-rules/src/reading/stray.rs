//! Named arguments outside the parentheses of their word: `failure_rate(50%) & sure = 95%`, `sure(failure_rate(50%),
//! 95%)`.

use crate::language::vocabulary::{Entry, Vocabulary};
use crate::reading::cursor::{Cursor, WrittenName};
use crate::reading::operators::{Operator, operator};
use crate::suggestion::filled::Filled;
use crate::suggestion::piece::{keyword_known, keyword_meant};
use crate::suggestion::{is_known, meant, right_call};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// A named argument that stands by itself, in any form: `sure = 95%`, `sure(95%)`, `sure 95%`, `95% sure`, `sure`.
pub(crate) struct Stray {
    pub(crate) name: String,
    /// Name and value.
    pub(crate) place: TokenRange,
    /// The value, without parentheses; empty if there is none.
    value: TokenRange,
}

impl Stray {
    /// The argument that begins at an index, if `is_name` accepts its name.
    fn at(cursor: &Cursor<'_>, at: usize, is_name: impl Fn(&str) -> bool) -> Option<Self> {
        let figure = cursor.end_of_figure(at);
        let word = figure.map_or(at, |end| cursor.end_of_signs(end));
        cursor.token(word).filter(|token| token.shape == Shape::Word)?;
        let WrittenName { place, text: name } = cursor.name(word);
        if !is_name(&name) || is_word(cursor.vocabulary, &name) {
            return None;
        }
        if let Some(end) = figure {
            return Some(Self {
                name,
                place: TokenRange::new(at, place.end),
                value: TokenRange::new(at, end),
            });
        }
        if cursor.token(place.end).is_some_and(|open| open.is("(")) {
            let value = cursor.inside(place.end);
            return Some(Self { name, place: TokenRange::new(at, value.end + 1), value });
        }
        // `confidence of 95%`
        let is_of = cursor.token(place.end).is_some_and(|word| word.is("of"));
        let start = if is_of { place.end + 1 } else { cursor.end_of_signs(place.end) };
        let end = match cursor.end_of_figure(start) {
            Some(end) => end,
            None if start > place.end && cursor.is_constant(start) => cursor.name(start).place.end,
            None => start,
        };
        Some(Self { name, place: TokenRange::new(at, end), value: TokenRange::new(start, end) })
    }

    /// The argument that comes next, after a word with its arguments: `.jitter(0.1)`, `& jitter = 0.1`, `with jitter = 0.1`;
    /// and the word that has it: this one or, unless it is a condition, one that takes the same values.
    pub(crate) fn after(cursor: &Cursor<'_>, entry: &'static Entry) -> Option<(&'static Entry, Self)> {
        let start = cursor.at + cursor.from(cursor.at).iter().take_while(|token| is_between(token)).count();
        let vocabulary = cursor.vocabulary;
        let is_alike = |other: &&Entry| !vocabulary.is_joined() && entry.is_like(other);
        let owner = |owner: &'static Entry| {
            let is_name = |name: &str| keyword_meant(vocabulary, owner, name).is_some();
            Some((owner, Self::at(cursor, start, is_name)?))
        };
        core::iter::once(entry).chain(vocabulary.entries.iter().filter(is_alike)).find_map(owner)
    }

    /// As it is written in parentheses.
    pub(crate) fn argument(&self, cursor: &Cursor<'_>) -> String {
        format!("{} = {}", self.name, cursor.spell(self.value))
    }
}

/// Whether a name may be a word with arguments of its own, rather than the name of an argument.
fn is_word(vocabulary: &'static Vocabulary, name: &str) -> bool {
    let is_argument = vocabulary.entries.iter().any(|entry| keyword_known(vocabulary, entry, name).is_some());
    vocabulary.entries.iter().any(|entry| vocabulary.means(name, entry.word))
        || !is_argument && meant(vocabulary, name, &[]).is_some()
}

/// Whether a token may stand between a word and an argument of it.
fn is_between(token: &Token) -> bool {
    [".", ",", ";", "&", "+", "and", "at", "with", "a"].iter().any(|between| token.is(between))
}

/// A word that has the argument, with its parentheses.
struct Owner {
    entry: &'static Entry,
    place: TokenRange,
    inside: TokenRange,
}

impl Owner {
    /// Those in a range that lack the argument.
    fn all(cursor: &Cursor<'_>, range: TokenRange, name: &str) -> Vec<Self> {
        let has = |entry: &'static Entry, name: &str| keyword_meant(cursor.vocabulary, entry, name);
        let owner = |at: usize| {
            let entry = cursor.vocabulary.entry(&cursor.tokens[at].text)?;
            let parameter = has(entry, name)?;
            cursor.tokens.get(at + 1).filter(|open| open.is("("))?;
            let inside = cursor.inside(at + 1);
            let is_it = |piece: &TokenRange| has(entry, &cursor.tokens[piece.start].text) == Some(parameter);
            let is_given = cursor.pieces(inside).iter().any(is_it);
            (!is_given).then(|| Self { entry, place: TokenRange::new(at, inside.end + 1), inside })
        };
        (range.start..range.end).filter_map(owner).collect()
    }

    /// The word with the argument added.
    fn with(&self, cursor: &Cursor<'_>, argument: String) -> Filled {
        let own = cursor.pieces(self.inside).into_iter().map(|piece| cursor.spell(piece));
        right_call(cursor.vocabulary, self.entry, &own.chain([argument]).collect::<Vec<_>>())
    }

    /// Whether only members of an `&`-group stand between it and a place, which may be outside of its group.
    fn is_joined_with(&self, cursor: &Cursor<'_>, place: TokenRange) -> bool {
        let is_first = self.place.start < place.start;
        let (mut at, end) =
            if is_first { (self.place.end, place.start) } else { (place.end, self.place.start) };
        while at < end {
            let token = &cursor.tokens[at];
            let close = cursor.brackets.close(at);
            let leaves = token.shape == Shape::Close && !is_first || close >= end && is_first;
            if leaves || operator(token) == Some(Operator::Or) {
                return false;
            }
            at = if close < end { close + 1 } else { at + 1 };
        }
        true
    }
}

/// The problem of a named argument that begins at an index, if one does.
pub(crate) fn problem(cursor: &Cursor<'_>, at: usize) -> Option<(Problem, TokenRange)> {
    let has = |name: &str| owner_of(cursor, name).is_some();
    let stray = Stray::at(cursor, at, has)?;
    let owner = owner_of(cursor, &stray.name)?;
    Some((stray.problem(cursor, owner), stray.place))
}

/// The first word that has an argument of this name.
fn owner_of(cursor: &Cursor<'_>, name: &str) -> Option<&'static Entry> {
    cursor.vocabulary.entries.iter().find(|entry| keyword_meant(cursor.vocabulary, entry, name).is_some())
}

impl Stray {
    fn problem(&self, cursor: &Cursor<'_>, owner: &'static Entry) -> Problem {
        if let Some(problem) = around(cursor, self, owner) {
            return problem;
        }
        let all = Owner::all(cursor, TokenRange::whole(cursor.tokens), &self.name);
        let joined: Vec<_> = all.iter().filter(|owner| owner.is_joined_with(cursor, self.place)).collect();
        if let [owner] = joined.as_slice() {
            return beside(cursor, self, owner);
        }
        let problem = problem_of(self, owner);
        // `jittered(30s, 0.1)`
        let values = match cursor.pieces(self.value).as_slice() {
            values @ [_, _, ..] => values.iter().map(|value| cursor.spell(*value)).collect(),
            _ => vec![self.argument(cursor)],
        };
        let right = right_call(cursor.vocabulary, owner, &values);
        let is_owner = |token: &Token| {
            meant(cursor.vocabulary, &token.text, &[])
                .is_some_and(|it| keyword_meant(cursor.vocabulary, it.entry, &self.name).is_some())
        };
        if self.place == TokenRange::whole(cursor.tokens) {
            right.correct(problem, self.place)
        } else if cursor.tokens.iter().any(is_owner) {
            let help =
                format!("write it in the parentheses of `{}`: `{}`, for example", owner.word, right.text);
            problem.help(help)
        } else {
            without(cursor, self, problem, &right.text)
        }
    }
}

fn problem_of(stray: &Stray, owner: &Entry) -> Problem {
    Problem::new(stray.place, format!("`{}` is an argument of `{}`", stray.name, owner.word))
}

/// `sure = 95% & min(10) & failure_rate(50%)`
fn beside(cursor: &Cursor<'_>, stray: &Stray, owner: &Owner) -> Problem {
    let right = owner.with(cursor, stray.argument(cursor));
    let (tokens, is_first) = (cursor.tokens, owner.place.start < stray.place.start);
    // Without the signs towards the word, and with whole groups.
    let (mut range, mut left_out) = (owner.place, stray.place);
    if is_first {
        let signs = tokens[owner.place.end..stray.place.start].iter().rev();
        left_out.start -= signs.take_while(|token| is_between(token)).count();
        let closes = |open: &usize| (owner.place.end..left_out.start).contains(&cursor.brackets.close(*open));
        range = TokenRange::new((0..range.start).find(closes).unwrap_or(range.start), left_out.end);
    } else {
        let signs = tokens[stray.place.end..owner.place.start].iter();
        left_out.end += signs.take_while(|token| is_between(token)).count();
        let closes = (left_out.end..range.start).map(|at| cursor.brackets.close(at));
        let last = closes.max().filter(|close| *close >= range.end);
        range = TokenRange::new(left_out.start, last.map_or(range.end, |close| close + 1));
    }
    let kept = (range.start..range.end).filter(|at| !(left_out.start..left_out.end).contains(at));
    let call = lex(&right.text).tokens;
    let with_call = kept.flat_map(|at| match at {
        at if at == owner.place.start => &call[..],
        at if (owner.place.start..owner.place.end).contains(&at) => &[],
        at => core::slice::from_ref(&tokens[at]),
    });
    let text = spell(&with_call.cloned().collect::<Vec<_>>());
    Filled { text, ..right }.correct(problem_of(stray, owner.entry), range)
}

/// `sure(failure_rate(50%), 95%)`
fn around(cursor: &Cursor<'_>, stray: &Stray, owner: &'static Entry) -> Option<Problem> {
    let is_call = |pair: &[Token]| pair[1].is("(") && is_known(cursor.vocabulary, &pair[0].text);
    let is_inner = |piece: &TokenRange| piece.of(cursor.tokens).windows(2).any(is_call);
    let (inner, values): (Vec<_>, Vec<_>) = cursor.pieces(stray.value).into_iter().partition(is_inner);
    let [inner] = inner.as_slice() else { return None };
    let value = match values.as_slice() {
        [] => String::new(),
        [value, ..] => match value.of(cursor.tokens) {
            [_, sign, value @ ..] if sign.is("=") || sign.is(":") => spell(value),
            value => spell(value),
        },
    };
    let is_whole = stray.place == TokenRange::whole(cursor.tokens);
    let text = |tokens: &[Token], is_alone: bool| {
        let is_any = tokens.iter().any(|token| operator(token) == Some(Operator::Or));
        if is_any && !is_alone { format!("({})", spell(tokens)) } else { spell(tokens) }
    };
    Some(match Owner::all(cursor, *inner, &stray.name).as_slice() {
        [] => {
            let (lacks_min, inner) = (cursor.lacks_min(), inner.of(cursor.tokens));
            let min = if lacks_min { "min(10) & " } else { "" };
            let help = format!("remove it: only `{}` has it", owner.word);
            let problem = problem_of(stray, owner);
            problem.correct(format!("{min}{}", text(inner, is_whole && !lacks_min))).losing().help(help)
        }
        [call] => {
            let right = call.with(cursor, format!("{} = {value}", stray.name));
            let (before, after) = (inner.start..call.place.start, call.place.end..inner.end);
            let tokens = [&cursor.tokens[before], &lex(&right.text).tokens, &cursor.tokens[after]].concat();
            Filled { text: text(&tokens, is_whole), ..right }
                .correct(problem_of(stray, call.entry), stray.place)
        }
        _ => problem_of(stray, owner).help("write it in the parentheses of each"),
    })
}

/// Advises to do without an argument that no word of the setting has.
fn without(cursor: &Cursor<'_>, stray: &Stray, problem: Problem, example: &str) -> Problem {
    let (joining, range) = with_operator(cursor.tokens, stray.place);
    if cursor.lacks_min() && joining == Some(Operator::And) {
        return problem.correct("min(10)").losing().aside("; it keeps few calls from tripping the breaker");
    }
    problem.correct_at(range, "").losing().help(format!("remove it; it belongs in `{example}`"))
}

/// A member of a group with the operator that joins it.
fn with_operator(tokens: &[Token], place: TokenRange) -> (Option<Operator>, TokenRange) {
    let TokenRange { start, end } = place;
    for joining in [Operator::And, Operator::Or] {
        let joins = |token: &&Token| operator(token) == Some(joining);
        let before = tokens[..start].iter().rev().take_while(joins).count();
        let after = if before > 0 { 0 } else { tokens[end..].iter().take_while(joins).count() };
        if before + after > 0 {
            return (Some(joining), TokenRange::new(start - before, end + after));
        }
    }
    (None, place)
}
