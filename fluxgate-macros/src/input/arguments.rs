//! The tokens of an attribute, or of `breaker!` -> `name = value` arguments.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::input::errors::Errors;
use crate::input::names::{ArgumentName, Concern, Macro, named};
use crate::input::source::spelled;
use crate::input::suggest::{Suggestions, belongs_to_a_setting};
use crate::input::tokens::{TOO_DEEP, is, is_assignment, is_too_deep, span_of, text, word};

/// `name = value`.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: TokenStream,
}

impl Argument {
    /// The value's first and last span.
    pub(crate) fn span(&self) -> (Span, Span) {
        span_of(&self.value).unwrap_or((self.name.span(), self.name.span()))
    }

    fn whole(&self) -> (Span, Span) {
        (self.name.span(), self.span().1)
    }
}

/// The arguments of one use of a macro, all of them known and given once.
pub(crate) struct Arguments(Vec<Argument>);

impl Arguments {
    /// Reads the arguments, and reports all that is wrong with them.
    pub(crate) fn parse(tokens: TokenStream, of: Macro, errors: &mut Errors) -> Self {
        let mut arguments = Self(Vec::new());
        if is_too_deep(&tokens) {
            let span = span_of(&tokens).unwrap_or((Span::call_site(), Span::call_site()));
            errors.report(span, TOO_DEEP);
            return arguments;
        }
        let trees: Vec<_> = tokens.into_iter().collect();
        let pieces = cut(&trees, errors);
        let suggestions = Suggestions::of(&pieces);
        for piece in &pieces {
            arguments.read(piece, &suggestions, of, errors);
        }
        arguments.report_settings_beside_breaker(errors);
        arguments
    }

    /// The argument with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.name == name)
    }

    /// The path of Fluxgate, if it is given.
    pub(crate) fn fluxgate(&self) -> Option<TokenStream> {
        self.get("crate").map(|argument| argument.value.clone())
    }

    fn read(&mut self, piece: &[TokenTree], suggestions: &Suggestions<'_>, of: Macro, errors: &mut Errors) {
        let all: TokenStream = piece.iter().cloned().collect();
        let Some(span) = span_of(&all) else { return };
        let Some(name) = piece.first().and_then(word) else {
            return suggestions.nameless(piece, errors);
        };
        let key = name.to_string();
        let (length, is_assigned) = sign(&piece[1..]);
        // `trip-on = ..` is not even a name.
        if length == 0
            && let Some((end, text)) = joined(piece)
        {
            let span = (name.span(), piece[end - 1].span());
            return errors.report(span, suggestions.unknown(&text, &piece[end + 1..]));
        }
        let Some(&ArgumentName { text: known, concern, example }) = named(key.as_str()) else {
            return match piece {
                [_] if !belongs_to_a_setting(piece) => errors.report(span, suggestions.unknown(&key, &[])),
                [_, rest @ ..] if is_assigned => {
                    errors.report((name.span(), name.span()), suggestions.unknown(&key, &rest[length..]));
                }
                _ => suggestions.nameless(piece, errors),
            };
        };
        let rest = &piece[1 + length..];
        let is_written = is_assigned && length == 1;
        let value: TokenStream = match rest {
            [TokenTree::Group(group)] if !is_written => group.stream(),
            rest => rest.iter().cloned().collect(),
        };
        if value.is_empty() {
            return errors.report(span, format!("`{known}` has no value\nhelp: write `{known} = {example}`"));
        }
        if !is_written {
            let value = spelled(&value);
            errors.report(span, format!("an argument is written with `=`\nhelp: write `{known} = {value}`"));
        }
        if of == Macro::Breaker
            && let Some(reason) = not_of_breaker(known, concern)
        {
            return errors.report((name.span(), name.span()), reason);
        }
        if self.get(known).is_some() {
            return errors.report(span, format!("`{known}` is given twice\nhelp: remove one of them"));
        }
        if concern == Concern::Crate && syn::parse2::<syn::Path>(value.clone()).is_err() {
            let path = text(&value).filter(|text| syn::parse_str::<syn::Path>(text).is_ok());
            let path = path.unwrap_or_else(|| "fluxgate".to_owned());
            let root = if path.contains("::") { "" } else { "::" };
            let message = format!("`crate` is the path of Fluxgate\nhelp: write `crate = {root}{path}`");
            return errors.report(span, message);
        }
        self.0.push(Argument { name: name.clone(), value });
    }

    /// Reports settings beside `breaker`, which have no effect.
    fn report_settings_beside_breaker(&self, errors: &mut Errors) {
        if self.get("breaker").is_none() {
            return;
        }
        for argument in &self.0 {
            let concern = named(&argument.name).map(|name| name.concern);
            if concern == Some(Concern::Settings) || argument.name == "handle" {
                let name = &argument.name;
                errors.report(
                    argument.whole(),
                    format!(
                        "`{name}` has no effect beside `breaker`, which uses a breaker that is already made\n\
                         help: remove `{name}` here, and give it where that breaker is made"
                    ),
                );
            }
        }
    }
}

/// Why `breaker!` does not take an argument, if so.
fn not_of_breaker(name: &str, concern: Concern) -> Option<String> {
    match concern {
        Concern::Settings | Concern::Crate => None,
        Concern::Calls => Some(format!(
            "`{name}` is about the calls of one function, and a breaker may guard many\n\
             help: give it in the `#[circuit_breaker(breaker = .., {name} = ..)]` of each function"
        )),
        Concern::Location if name == "handle" => Some(
            "`handle` names the breaker that an attribute makes\n\
             help: remove it, and write `static PAYMENTS: CircuitBreaker = breaker!(..);`"
                .to_owned(),
        ),
        Concern::Location => {
            Some("`breaker!` makes a breaker, so it does not take one\nhelp: remove `breaker`".to_owned())
        }
    }
}

/// Cuts the tokens into arguments, each without the separator behind it, and reports separators that are wrong or missing.
fn cut<'a>(trees: &'a [TokenTree], errors: &mut Errors) -> Vec<&'a [TokenTree]> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 1);
    while at <= trees.len() {
        // The commas between a closure's parameters belong to the closure.
        if at == start + 2 && is_assignment(&trees[at - 1]) {
            at = after_parameters(trees, at);
        }
        if begins(trees, start, at) {
            pieces.push(without_separator(&trees[start..at], trees.get(at), errors));
            start = at;
        }
        at += 1;
    }
    pieces.push(&trees[start..]);
    pieces
}

/// Whether an argument, or nothing more, begins at `at`, where the one before it begins at `start`. A value may contain commas, so
/// a comma counts only before `name =` or before an argument's name that stands alone.
fn begins(trees: &[TokenTree], start: usize, at: usize) -> bool {
    let name = trees.get(at).and_then(word);
    let is_known = name.is_some_and(|name| named(name).is_some());
    let last = &trees[at - 1];
    if !is(last, ',') {
        // Without a comma, it has to be where no expression can continue.
        let is_ended = !matches!(last, TokenTree::Punct(_)) || is_assignment(last) || is(last, ';');
        return is_ended
            && is_known
            && is_assigned(trees, at)
            && at > start + 1
            && word(&trees[start]).is_some();
    }
    let is_before = |sign| trees.get(at + 2).is_some_and(|next| is(next, sign));
    match trees.get(at + 1) {
        _ if at == trees.len() => true,
        Some(sign) if is_assignment(sign) => name.is_some() && is_assigned(trees, at),
        Some(sign) if is(sign, ':') => is_known && !is_before(':'),
        Some(TokenTree::Group(_)) => is_known && (trees.len() == at + 2 || is_before(',')),
        Some(sign) => is_known && is(sign, ','),
        None => is_known,
    }
}

/// Whether the name at `at` is followed by a single `=`.
fn is_assigned(trees: &[TokenTree], at: usize) -> bool {
    trees.get(at + 1).is_some_and(is_assignment)
        && !trees.get(at + 2).is_some_and(|next| is(next, '=') || is(next, '>'))
}

/// An argument without the separator between it and `next`, which has to be a comma.
fn without_separator<'a>(
    piece: &'a [TokenTree],
    next: Option<&TokenTree>,
    errors: &mut Errors,
) -> &'a [TokenTree] {
    let Some((last, rest)) = piece.split_last() else { return piece };
    if is(last, ',') {
        return rest;
    }
    if is(last, ';') {
        errors.report((last.span(), last.span()), "arguments are separated by `,`\nhelp: write `,`");
        return rest;
    }
    // After `=`, it is the value that is missing, which is reported with the argument.
    if let Some(next) = next.filter(|_| !is_assignment(last)) {
        let message = format!("`,` is missing before `{next}`\nhelp: write `, {next}`");
        errors.report((next.span(), next.span()), message);
    }
    piece
}

/// The number of signs between a name and its value, and whether they are meant as an assignment. Only a single `=` is right.
fn sign(rest: &[TokenTree]) -> (usize, bool) {
    let signs =
        rest.iter().take_while(|tree| ['=', ':', '+', '-', '>'].iter().any(|sign| is(tree, *sign))).count();
    let is_end = |at: &usize| is_assignment(&rest[*at]) || is(&rest[*at], '>');
    match (0..signs).rev().find(is_end) {
        Some(last) if !is(&rest[0], '-') || is(&rest[last], '>') => (last + 1, true),
        _ if rest.first().is_some_and(|tree| is(tree, ':')) && signs == 1 => (1, false),
        _ => (0, false),
    }
}

/// A name that is joined with signs, as in `trip-on = ..`, and its length.
fn joined(piece: &[TokenTree]) -> Option<(usize, String)> {
    let end = piece.iter().position(is_assignment)?;
    let is_joint = |tree: &TokenTree| is(tree, '-') || is(tree, '.') || is(tree, ':');
    if end < 2 || !piece[..end].iter().all(|tree| word(tree).is_some() || is_joint(tree)) {
        return None;
    }
    Some((end, piece[..end].iter().map(ToString::to_string).collect()))
}

/// The end of the parameters of a closure that starts at `at`, or else `at`.
fn after_parameters(trees: &[TokenTree], mut at: usize) -> usize {
    let start = at;
    let is_modifier = |word: &Ident| ["async", "move", "static"].iter().any(|modifier| word == modifier);
    while trees.get(at).and_then(word).is_some_and(is_modifier) {
        at += 1;
    }
    if !trees.get(at).is_some_and(|tree| is(tree, '|')) {
        return start;
    }
    let end = trees[at + 1..].iter().position(|tree| is(tree, '|'));
    end.map_or(start, |end| at + 1 + end + 1)
}
