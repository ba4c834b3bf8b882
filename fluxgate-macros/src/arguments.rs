//! The tokens of an attribute, or of `breaker!` -> `name = value` arguments.

use fluxgate_rules::suggest::{nearest, repaired};
use fluxgate_rules::token::{Shape, Token, spell};
use fluxgate_rules::vocabulary::{Entry, PERMIT, RETRY, TRIP, Vocabulary, WINDOW};
use fluxgate_rules::{Problem, Window, reader};
use proc_macro2::{Ident, Punct, Span, TokenStream, TokenTree};
use quote::quote;

use crate::errors::{Errors, span_of};
use crate::language::{Source, is_too_deep, text};

/// Which of the macros the arguments are of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// `#[circuit_breaker(..)]`.
    Attribute,
    /// `breaker!(..)`.
    Breaker,
}

/// What an argument is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// What a breaker is made with.
    Breaker,
    /// What happens with the calls of one function.
    Calls,
    /// Which breaker it is.
    Place,
    /// Where Fluxgate is.
    Crate,
}

/// The arguments: what each is about, and a value.
const KNOWN: [(&str, About, &str); 16] = [
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

/// What other libraries call arguments that are not about rules: their word, and ours. The rest is in the vocabularies.
const FOREIGN: [(&str, &str); 16] = [
    ("exclude", "success"),
    ("expected_exception", "track"),
    ("fallback_function", "fallback"),
    ("fallback_method", "fallback"),
    ("filter", "track"),
    ("half_open_max_calls", "max_half_open_calls"),
    ("half_open_requests", "max_half_open_calls"),
    ("ignore", "success"),
    ("matches", "track"),
    ("ok", "track"),
    ("on_error", "fallback"),
    ("on_open", "rejected"),
    ("permitted_number_of_calls_in_half_open_state", "max_half_open_calls"),
    ("returned", "track"),
    ("tracker", "track"),
    ("type_of", "track"),
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

/// The arguments of one use of a macro: each known, each once.
pub(crate) struct Arguments(Vec<Argument>);

impl Arguments {
    /// Reads them, and reports all that is wrong with them.
    pub(crate) fn parse(tokens: TokenStream, target: Target, errors: &mut Errors) -> Self {
        let mut arguments = Self(Vec::new());
        if is_too_deep(&tokens) {
            let span = span_of(&tokens).unwrap_or((Span::call_site(), Span::call_site()));
            errors.report(
                span,
                "parentheses stand too deep in each other\nhelp: move what they hold into a function",
            );
            return arguments;
        }
        let trees: Vec<_> = tokens.into_iter().collect();
        let pieces = split(&trees);
        let names: Vec<String> =
            pieces.iter().filter_map(|piece| Some(word(piece.first()?)?.to_string())).collect();
        for piece in &pieces {
            arguments.read(piece, &names, target, errors);
        }
        arguments.exclude(errors);
        arguments
    }

    /// The argument of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.name == name)
    }

    /// The path of Fluxgate.
    pub(crate) fn krate(&self) -> TokenStream {
        self.get("crate").map_or_else(|| quote!(::fluxgate), |argument| argument.value.clone())
    }

    fn read(&mut self, piece: &[TokenTree], names: &[String], target: Target, errors: &mut Errors) {
        let all: TokenStream = piece.iter().cloned().collect();
        let Some(span) = span_of(&all) else { return };
        let Some(name) = piece.first().and_then(word) else {
            return errors.report(span, nameless(&all));
        };
        let key = name.to_string();
        let is_assigned = piece.get(1).is_some_and(is_assignment);
        let Some(&(known, about, example)) = KNOWN.iter().find(|(known, ..)| *known == key) else {
            return if is_assigned {
                errors.report((name.span(), name.span()), unknown(&key, &piece[2..], names));
            } else {
                errors.report(span, nameless(&all));
            };
        };
        let rest = match &piece[1..] {
            [sign, rest @ ..] if is_assignment(sign) || is(sign, ':') => rest,
            rest => rest,
        };
        let value: TokenStream = match rest {
            [TokenTree::Group(group)] if !is_assigned => group.stream(),
            rest => rest.iter().cloned().collect(),
        };
        if value.is_empty() {
            return errors.report(span, format!("`{known}` has no value\nhelp: write `{known} = {example}`"));
        }
        if !is_assigned {
            let value = spelled(&value);
            errors.report(span, format!("an argument is written with `=`\nhelp: write `{known} = {value}`"));
        }
        if target == Target::Breaker
            && let Some(reason) = refused(known, about)
        {
            return errors.report((name.span(), name.span()), reason);
        }
        if self.get(known).is_some() {
            return errors.report(span, format!("`{known}` is given twice\nhelp: leave one of them out"));
        }
        if about == About::Crate && syn::parse2::<syn::Path>(value.clone()).is_err() {
            return errors.report(span, "`crate` is the path of Fluxgate\nhelp: write `crate = ::fluxgate`");
        }
        self.0.push(Argument { name: name.clone(), value });
    }

    /// `breaker = X` beside what makes a breaker.
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
                        "`{name}` is of no use beside `breaker`, which takes a breaker that is already made\n\
                         help: leave `{name}` out here, and give it where that breaker is made"
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
             help: leave it out, and write `static PAYMENTS: CircuitBreaker = breaker!(..);`"
                .to_owned(),
        ),
        About::Place => {
            Some("`breaker!` makes a breaker, so it does not take one\nhelp: leave `breaker` out".to_owned())
        }
    }
}

fn unknown(name: &str, value: &[TokenTree], names: &[String]) -> String {
    let what = format!("unknown argument `{name}`");
    let value = spelled(&value.iter().cloned().collect());
    let elsewhere = |name: &str| {
        if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == name) {
            return Some(format!("{what}\nhelp: here it is `{ours}`: write `{ours} = ..`"));
        }
        let (ours, value) = part(name, &value)?;
        let verb = if names.iter().any(|name| name == ours) { "put it there, as in" } else { "write" };
        Some(format!("{what}\nhelp: here it is a part of `{ours}`: {verb} `{ours} = {value}`"))
    };
    if let Some(answer) = elsewhere(name) {
        return answer;
    }
    let known = KNOWN.iter().map(|(known, ..)| *known);
    if let Some(near) = nearest(name, known.clone()) {
        return format!("{what}; did you mean `{near}`?");
    }
    let vocabularies = [&TRIP, &WINDOW, &RETRY, &PERMIT].into_iter();
    let words = vocabularies.flat_map(|vocabulary| vocabulary.foreign.iter().chain(&FOREIGN));
    if let Some(answer) = nearest(name, words.map(|(theirs, _)| *theirs)).and_then(elsewhere) {
        return answer;
    }
    let known: Vec<_> = known.map(|known| format!("`{known}`")).collect();
    format!("{what}\nhelp: there are {}", known.join(", "))
}

/// The argument of which a word is a part, ours or another library's, with a value in which it has that part.
fn part(name: &str, value: &str) -> Option<(&'static str, String)> {
    type Problems = fn(&[Token]) -> Vec<Problem>;
    let settings: [(&str, &Vocabulary, Problems); 4] = [
        ("retry", &RETRY, |tokens| reader::retry(tokens).err().unwrap_or_default()),
        ("window", &WINDOW, |tokens| reader::window(tokens).err().unwrap_or_default()),
        ("trip", &TRIP, |tokens| reader::rule(tokens, &Window::count(100)).err().unwrap_or_default()),
        ("permit", &PERMIT, |tokens| reader::permit(tokens).err().unwrap_or_default()),
    ];
    settings.into_iter().find_map(|(ours, vocabulary, problems)| {
        let has = |entry: &&Entry| entry.keywords.iter().any(|parameter| parameter.name == name);
        let entry = vocabulary.entry(name).or_else(|| vocabulary.entry(vocabulary.foreign(name)?));
        let written = match (entry, vocabulary.entries.iter().find(has)) {
            (Some(entry), _) if value.is_empty() => entry.word.to_owned(),
            (Some(entry), _) => entry.with(&[value.to_owned()]),
            (None, Some(entry)) => {
                let positional = entry.positional.iter().map(|parameter| parameter.example.to_owned());
                entry.with(&positional.chain([format!("{name} = {value}")]).collect::<Vec<_>>())
            }
            (None, None) => return None,
        };
        let example = KNOWN.iter().find(|(known, ..)| *known == ours)?.2;
        Some((ours, repaired(&written, problems).unwrap_or_else(|| example.to_owned())))
    })
}

/// What to say of a value without a name.
fn nameless(value: &TokenStream) -> String {
    // In a string or not, the first word tells.
    let words = Source::new(value, Span::call_site()).tokens;
    let first = words.first().filter(|first| first.shape == Shape::Word);
    let written = spelled(value);
    let written = match first.and_then(|first| part(&first.text, "")) {
        Some((argument, _)) => format!("{argument} = {written}"),
        None if written.starts_with('"') => format!("name = {written}"),
        None => "trip = min(10) & failure_rate(0.5)".to_owned(),
    };
    format!("an argument is a name and a value\nhelp: write `{written}`")
}

/// Tokens as one would write them.
fn spelled(tokens: &TokenStream) -> String {
    if text(tokens).is_some() {
        tokens.to_string()
    } else {
        spell(&Source::new(tokens, Span::call_site()).tokens)
    }
}

/// Cuts at the commas between arguments. A value may have commas of its own, so only those count that are followed by
/// `name =`, or by an argument's name that stands alone.
fn split(trees: &[TokenTree]) -> Vec<&[TokenTree]> {
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
        }
        at += 1;
    }
    pieces.push(&trees[start.min(trees.len())..]);
    pieces
}

/// Whether an argument starts here, or nothing follows.
fn starts(trees: &[TokenTree], at: usize) -> bool {
    let Some(tree) = trees.get(at) else { return true };
    let Some(name) = word(tree) else { return false };
    let is_known = || KNOWN.iter().any(|(known, ..)| name == known);
    match (trees.get(at + 1), trees.get(at + 2)) {
        (Some(sign), next) if is_assignment(sign) => !next.is_some_and(|next| is(next, '=') || is(next, '>')),
        (Some(sign), next) if is(sign, ':') => is_known() && !next.is_some_and(|next| is(next, ':')),
        (Some(TokenTree::Group(_)), None) | (None, _) => is_known(),
        (Some(TokenTree::Group(_)), Some(next)) | (Some(next), _) => is_known() && is(next, ','),
    }
}

/// Where the parameters of a closure end that starts at `at`, or else `at`.
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

fn word(tree: &TokenTree) -> Option<&Ident> {
    match tree {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    }
}

fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if Punct::as_char(punct) == sign)
}

fn is_assignment(tree: &TokenTree) -> bool {
    is(tree, '=')
}
