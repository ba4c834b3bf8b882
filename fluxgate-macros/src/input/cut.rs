//! The tokens of an attribute -> its pieces, between the commas that separate arguments.

use fluxgate_rules::Problem;
use fluxgate_rules::attribute::{is_foreign, is_word_of_another};
use fluxgate_rules::token::TokenRange;
use proc_macro2::TokenTree;

use crate::input::names::named;
use crate::input::tokens::{is, is_word, text, word};
use crate::input::trees::width;

/// Words after which an expression continues with a name.
const KEYWORDS: [&str; 12] =
    ["as", "async", "const", "else", "if", "in", "let", "match", "move", "mut", "ref", "return"];

/// Cuts the trees of an attribute into pieces.
pub(crate) struct Cutter<'a> {
    trees: &'a [TokenTree],
    /// The index of each tree among all tokens, and their count.
    indices: Vec<usize>,
    problems: Vec<Problem>,
}

impl<'a> Cutter<'a> {
    pub(crate) fn new(trees: &'a [TokenTree]) -> Self {
        let mut index = 0;
        let mut indices = vec![0];
        for tree in trees {
            index += width(tree);
            indices.push(index);
        }
        Self { trees, indices, problems: Vec::new() }
    }

    /// The pieces, each without the separator after it, and what is wrong with the separators.
    pub(crate) fn cut(mut self) -> (Vec<TokenRange>, Vec<Problem>) {
        let mut pieces = Vec::new();
        let (mut start, mut at) = (0, 1);
        while at <= self.trees.len() {
            // The commas between a closure's parameters belong to the closure.
            if at == start + 2 && is(&self.trees[at - 1], '=') {
                at = after_parameters(self.trees, at);
            }
            if self.begins(start, at) {
                let end = self.without_separator(start, at);
                pieces.push(self.place(start, end));
                start = at;
            }
            at += 1;
        }
        pieces.push(self.place(start, self.trees.len()));
        (pieces, self.problems)
    }

    fn place(&self, from: usize, to: usize) -> TokenRange {
        TokenRange::new(self.indices[from.min(to)], self.indices[to])
    }

    /// Whether the argument that begins at `start` ends at `at`, where the next one begins or nothing follows. A value may contain
    /// commas, so a comma counts only before `name =`, before an argument's name that is given a value in another way or none, or
    /// before what cannot be part of the value.
    fn begins(&self, start: usize, at: usize) -> bool {
        let trees = self.trees;
        let is_known = trees.get(at).and_then(word).is_some_and(|name| named(&name.to_string()).is_some());
        let last = &trees[at - 1];
        if at == trees.len() {
            return is(last, ',');
        }
        // `name =`, `name:`, `the-name:` or `"name":`
        let sign = self.end_of_name(at);
        let is_assigned = sign.is_some_and(|sign| is_assigned(trees, sign));
        let is_colon = sign.is_some_and(|sign| {
            trees.get(sign).is_some_and(|sign| is(sign, ':'))
                && !trees.get(sign + 1).is_some_and(|next| is(next, ':'))
        });
        if !is(last, ',') {
            // Without a comma, no expression may continue here.
            let is_value = matches!(last, TokenTree::Group(_) | TokenTree::Literal(_));
            let is_ended = !matches!(last, TokenTree::Punct(_)) || is(last, '=') || is(last, ';');
            let is_joined = is(last, '&') && self.is_setting(start);
            // `sliding_window_type: COUNT_BASED sliding_window_size: 10`
            let is_name = word(last).is_some_and(|last| !KEYWORDS.iter().any(|keyword| last == keyword));
            let is_foreign = || is_name && at > start + 1 && is_foreign(&self.name(at));
            // `window: count(100) trip: failures(5)`
            let is_colon = is_colon && (is(last, ';') || is_value || self.has_colon(start));
            return (is_ended || is_joined)
                && (is_known || is_value && sign.is_some() || is_foreign())
                && (is_assigned || is_colon)
                && at > start + 1
                && word(&trees[start]).is_some();
        }
        let is_quoted = matches!(&trees[at], TokenTree::Literal(_));
        let is_last = |at: usize| trees.get(at).is_none_or(|next| is(next, ','));
        let is_name = || is_known || is_quoted || sign != Some(at + 1) || is_foreign(&self.name(at));
        let is_colon = is_colon && (self.has_colon(start) || is_name());
        is_assigned
            || is_colon
            || is_known
                && (is_last(at + 1)
                    || matches!(trees[at + 1], TokenTree::Group(_)) && is_last(at + 2)
                    || is_given(trees, at + 1))
            || is_last(at + 1)
                && is_quoted
                && self.is_setting(start)
                && text(&trees[at].clone().into()).is_some()
            || is_last(at + 2) && self.is_of_another_setting(start, at)
    }

    /// The sign after the name that begins at `at`: a word, several joined by `-` or `.`, or one in quotes.
    fn end_of_name(&self, at: usize) -> Option<usize> {
        let name = self.trees.get(at)?;
        if matches!(name, TokenTree::Literal(_)) {
            return Some(at + 1);
        }
        let mut end = word(name).map(|_| at + 1)?;
        while let [joint, next, ..] = &self.trees[end..]
            && (is(joint, '-') || is(joint, '.'))
            && word(next).is_some()
        {
            end += 2;
        }
        Some(end)
    }

    /// The name that begins at `at`, as it is written.
    fn name(&self, at: usize) -> String {
        let end = self.end_of_name(at).unwrap_or(at);
        self.trees[at..end].iter().map(ToString::to_string).collect()
    }

    /// Whether the piece that begins at `start` is a setting with its value, written in words of ours.
    fn is_setting(&self, start: usize) -> bool {
        is_word(&self.trees[start], &["window", "trip", "retry", "permit"])
    }

    fn is_of_another_setting(&self, start: usize, at: usize) -> bool {
        let (Some(setting), [name, TokenTree::Group(_), ..]) = (word(&self.trees[start]), &self.trees[at..])
        else {
            return false;
        };
        word(name).is_some_and(|name| is_word_of_another(&setting.to_string(), &name.to_string()))
    }

    /// Whether the piece that begins at `start` is written `name: value`: then the next may be, too.
    fn has_colon(&self, start: usize) -> bool {
        let is_colon = |at: usize| self.trees.get(at).is_some_and(|tree| is(tree, ':'));
        self.end_of_name(start).is_some_and(|sign| is_colon(sign) && !is_colon(sign + 1))
    }

    /// The end of an argument before the next at `at`, without the separator between them, which has to be a comma.
    fn without_separator(&mut self, start: usize, at: usize) -> usize {
        let Some(last) = self.trees[start..at].last() else { return at };
        if is(last, ',') {
            return at - 1;
        }
        if is(last, ';') || is(last, '&') {
            let place = self.place(at - 1, at);
            self.problems.push(Problem::new(place, "arguments are separated by `,`").correct(","));
            return at - 1;
        }
        // After `=`, the value is missing, which is reported with the argument.
        if let Some(end) = self.end_of_name(at).filter(|_| !is(last, '=')) {
            let next = self.name(at);
            let problem = Problem::new(self.place(at, end), format!("`,` is missing before `{next}`"));
            self.problems.push(problem.correct(format!(", {next}")));
        }
        at
    }
}

/// Whether there is a single `=` at `at`.
fn is_assigned(trees: &[TokenTree], at: usize) -> bool {
    trees.get(at).is_some_and(|tree| is(tree, '='))
        && !trees.get(at + 1).is_some_and(|next| is(next, '=') || is(next, '>'))
}

/// Whether what stands at `at` gives a value to the name before it: the value itself, or `==`, `=>`, `->` or the like.
fn is_given(trees: &[TokenTree], at: usize) -> bool {
    match &trees[at] {
        TokenTree::Literal(_) => true,
        TokenTree::Ident(word) => word != "as",
        TokenTree::Punct(sign) => match sign.as_char() {
            '=' => true,
            '|' => after_parameters(trees, at) > at,
            '-' | '+' | '?' => trees.get(at + 1).is_some_and(|next| is(next, '=') || is(next, '>')),
            _ => false,
        },
        TokenTree::Group(_) => false,
    }
}

/// The end of the parameters of a closure that starts at `at`, or else `at`.
fn after_parameters(trees: &[TokenTree], mut at: usize) -> usize {
    let start = at;
    while trees.get(at).is_some_and(|tree| is_word(tree, &["async", "move", "static"])) {
        at += 1;
    }
    if !trees.get(at).is_some_and(|tree| is(tree, '|')) {
        return start;
    }
    let end = trees[at + 1..].iter().position(|tree| is(tree, '|'));
    end.map_or(start, |end| at + 1 + end + 1)
}
