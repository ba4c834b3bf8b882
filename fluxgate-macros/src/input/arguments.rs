//! The tokens of an attribute, or of `breaker!` -> `name = value` arguments.

use fluxgate_rules::token::{spell, spell_closure};
use proc_macro2::{Ident, Punct, Span, TokenStream, TokenTree};
use quote::quote;

use crate::input::errors::{Errors, span_of};
use crate::input::source::{Source, is_too_deep, text};
use crate::input::suggest::{Guesses, is_value};

/// Which macro the arguments belong to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// `#[circuit_breaker(..)]`.
    Attribute,
    /// `breaker!(..)`.
    Breaker,
}

/// What an argument concerns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// The settings of a breaker.
    Breaker,
    /// The handling of one function's calls.
    Calls,
    /// Which breaker to use.
    Place,
    /// Where Fluxgate is.
    Crate,
}

/// The arguments: what each concerns, and an example value.
pub(crate) const KNOWN: [(&str, About, &str); 16] = [
    ("name", About::Breaker, "\"payments\""),
    ("window", About::Breaker, "count(100)"),
    ("trip", About::Breaker, "min(10) & failure_rate(0.5)"),
    ("track", About::Calls, "all"),
    ("success", About::Calls, "matches(NotFound)"),
    ("retry", About::Breaker, "cooldown(60s)"),
    ("permit", About::Breaker, "ramp_up(0.1, 1.0, 60s)"),
    ("max_half_open_calls", About::Breaker, "10"),
    ("half_open_timeout", About::Breaker, "5m"),
    ("rejected", About::Calls, "|refused| Err(refused.into())"),
    ("fallback", About::Calls, "|error| Err(error)"),
    ("on_panic", About::Breaker, "failure"),
    ("on_cancel", About::Breaker, "ignore"),
    ("breaker", About::Place, "PAYMENTS"),
    ("handle", About::Place, "PAYMENTS"),
    ("crate", About::Crate, "::fluxgate"),
];

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
    pub(crate) fn parse(tokens: TokenStream, target: Target, errors: &mut Errors) -> Self {
        let mut arguments = Self(Vec::new());
        if is_too_deep(&tokens) {
            let span = span_of(&tokens).unwrap_or((Span::call_site(), Span::call_site()));
            errors
                .report(span, "parentheses are nested too deeply\nhelp: move what they hold into a function");
            return arguments;
        }
        let trees: Vec<_> = tokens.into_iter().collect();
        let pieces = split(&trees, errors);
        let guesses = Guesses::of(&pieces);
        for piece in &pieces {
            arguments.read(piece, &guesses, target, errors);
        }
        arguments.exclude(errors);
        arguments
    }

    /// The argument with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.name == name)
    }

    /// Only the argument that says where Fluxgate is.
    pub(crate) fn without_settings(&self) -> Self {
        let krate =
            self.get("crate").map(|krate| Argument { name: krate.name.clone(), value: krate.value.clone() });
        Self(krate.into_iter().collect())
    }

    /// The path of Fluxgate.
    pub(crate) fn krate(&self) -> TokenStream {
        self.get("crate").map_or_else(|| quote!(::fluxgate), |argument| argument.value.clone())
    }

    fn read(&mut self, piece: &[TokenTree], guesses: &Guesses<'_>, target: Target, errors: &mut Errors) {
        let all: TokenStream = piece.iter().cloned().collect();
        let Some(span) = span_of(&all) else { return };
        let Some(name) = piece.first().and_then(word) else {
            return guesses.nameless(piece, errors);
        };
        let key = name.to_string();
        let (length, is_assigned) = sign(&piece[1..]);
        // `trip-on = ..` is not even a name.
        if length == 0
            && let Some((end, text)) = joined(piece)
        {
            let span = (name.span(), piece[end - 1].span());
            return errors.report(span, guesses.unknown(&text, &piece[end + 1..]));
        }
        let Some(&(known, about, example)) = KNOWN.iter().find(|(known, ..)| *known == key) else {
            return match piece {
                [_] if !is_value(piece) => errors.report(span, guesses.unknown(&key, &[])),
                [_, rest @ ..] if is_assigned => {
                    errors.report((name.span(), name.span()), guesses.unknown(&key, &rest[length..]));
                }
                _ => guesses.nameless(piece, errors),
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
        if target == Target::Breaker
            && let Some(reason) = refused(known, about)
        {
            return errors.report((name.span(), name.span()), reason);
        }
        if self.get(known).is_some() {
            return errors.report(span, format!("`{known}` is given twice\nhelp: remove one of them"));
        }
        if about == About::Crate && syn::parse2::<syn::Path>(value.clone()).is_err() {
            let path = text(&value).filter(|text| syn::parse_str::<syn::Path>(text).is_ok());
            let path = path.unwrap_or_else(|| "fluxgate".to_owned());
            let root = if path.contains("::") { "" } else { "::" };
            let message = format!("`crate` is the path of Fluxgate\nhelp: write `crate = {root}{path}`");
            return errors.report(span, message);
        }
        self.0.push(Argument { name: name.clone(), value });
    }

    /// Reports `breaker = X` together with settings for a breaker.
    fn exclude(&self, errors: &mut Errors) {
        if self.get("breaker").is_none() {
            return;
        }
        for argument in &self.0 {
            let about = KNOWN.iter().find(|(known, ..)| argument.name == known).map(|(_, about, _)| *about);
            if about == Some(About::Breaker) || argument.name == "handle" {
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

/// Why `breaker!` does not take an argument.
fn refused(name: &str, about: About) -> Option<String> {
    match about {
        About::Breaker | About::Crate => None,
        About::Calls => Some(format!(
            "`{name}` is about the calls of one function, and a breaker may guard many\n\
             help: give it in the `#[circuit_breaker(breaker = .., {name} = ..)]` of each function"
        )),
        About::Place if name == "handle" => Some(
            "`handle` names the breaker that an attribute makes\n\
             help: remove it, and write `static PAYMENTS: CircuitBreaker = breaker!(..);`"
                .to_owned(),
        ),
        About::Place => {
            Some("`breaker!` makes a breaker, so it does not take one\nhelp: remove `breaker`".to_owned())
        }
    }
}

/// Tokens as one would write them.
pub(crate) fn spelled(tokens: &TokenStream) -> String {
    if text(tokens).is_some() {
        return tokens.to_string();
    }
    let tokens = Source::new(tokens, Span::call_site()).tokens;
    if tokens.first().is_some_and(|first| first.is("|")) { spell_closure(&tokens) } else { spell(&tokens) }
}

/// Splits at the commas between arguments. A value may contain commas, so a comma counts only before `name =` or before an
/// argument's name that stands alone. A missing comma before a name is reported.
fn split<'a>(trees: &'a [TokenTree], errors: &mut Errors) -> Vec<&'a [TokenTree]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < trees.len() {
        if at > start && is_assignment(&trees[at - 1]) && at == start + 2 {
            at = after_parameters(trees, at);
        }
        if trees.get(at).is_some_and(|tree| is(tree, ',')) && starts(trees, at + 1) {
            pieces.push(&trees[start..at]);
            start = at + 1;
        } else if at > start + 1 && word(&trees[start]).is_some() && is_without_comma(trees, at) {
            let name = trees[at].span();
            let end = if is(&trees[at - 1], ';') { at - 1 } else { at };
            if end < at {
                errors.report(
                    (trees[end].span(), trees[end].span()),
                    "arguments are separated by `,`\nhelp: write `,`",
                );
            } else if !is_assignment(&trees[at - 1]) {
                let message = format!("`,` is missing before `{0}`\nhelp: write `, {0}`", trees[at]);
                errors.report((name, name), message);
            }
            pieces.push(&trees[start..end]);
            start = at;
        }
        at += 1;
    }
    pieces.push(&trees[start.min(trees.len())..]);
    pieces
}

/// Whether an argument, or the end, is at `at`.
fn starts(trees: &[TokenTree], at: usize) -> bool {
    let Some(tree) = trees.get(at) else { return true };
    let Some(name) = word(tree) else { return false };
    match (trees.get(at + 1), trees.get(at + 2)) {
        (Some(sign), next) if is_assignment(sign) => !next.is_some_and(|next| is(next, '=') || is(next, '>')),
        (Some(sign), next) if is(sign, ':') => is_known(name) && !next.is_some_and(|next| is(next, ':')),
        (Some(TokenTree::Group(_)), None) | (None, _) => is_known(name),
        (Some(TokenTree::Group(_)), Some(next)) | (Some(next), _) => is_known(name) && is(next, ','),
    }
}

/// Whether one of our arguments starts here, where no expression can continue.
fn is_without_comma(trees: &[TokenTree], at: usize) -> bool {
    let ends =
        |tree: &TokenTree| !matches!(tree, TokenTree::Punct(_)) || is_assignment(tree) || is(tree, ';');
    trees.get(at).and_then(word).is_some_and(is_known)
        && trees.get(at + 1).is_some_and(is_assignment)
        && !trees.get(at + 2).is_some_and(|next| is(next, '=') || is(next, '>'))
        && ends(&trees[at - 1])
}

/// Whether there is an argument of this name, be it an identifier or text.
pub(crate) fn is_known(name: &(impl PartialEq<str> + ?Sized)) -> bool {
    KNOWN.iter().any(|(known, ..)| name == *known)
}

/// How many signs are between a name and its value, and whether they are meant as an assignment. Only a single `=` is right.
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

/// The end of a name that is joined with signs, and the name.
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
    while trees
        .get(at)
        .and_then(word)
        .is_some_and(|word| word == "async" || word == "move" || word == "static")
    {
        at += 1;
    }
    if !trees.get(at).is_some_and(|tree| is(tree, '|')) {
        return start;
    }
    let end = trees[at + 1..].iter().position(|tree| is(tree, '|'));
    end.map_or(start, |end| at + 1 + end + 1)
}

pub(crate) fn word(tree: &TokenTree) -> Option<&Ident> {
    match tree {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    }
}

pub(crate) fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if Punct::as_char(punct) == sign)
}

pub(crate) fn is_assignment(tree: &TokenTree) -> bool {
    is(tree, '=')
}
