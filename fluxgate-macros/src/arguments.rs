//! The tokens of an attribute, or of `breaker!` -> `name = value` arguments.

use fluxgate_rules::suggest::nearest;
use fluxgate_rules::vocabulary::{PERMIT, RETRY, TRIP, Vocabulary, WINDOW};
use proc_macro2::{Ident, Punct, Span, TokenStream, TokenTree};
use quote::quote;

use crate::errors::{Errors, span_of};
use crate::language::text;

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

/// What other libraries call them: their word, our argument, and a value that says the same.
const FOREIGN: [(&str, &str, &str); 41] = [
    ("buckets", "window", "time(60s, buckets = 6)"),
    ("cooldown", "retry", "cooldown(60s)"),
    ("consecutive_failures", "trip", "failure_streak(5)"),
    ("error_rate", "trip", "min(10) & failure_rate(0.5)"),
    ("error_threshold", "trip", "min(10) & failure_rate(0.5)"),
    ("error_threshold_percentage", "trip", "min(10) & failure_rate(50%)"),
    ("exclude", "success", "matches(NotFound)"),
    ("expected_exception", "track", "matches(Unavailable)"),
    ("failure_rate_threshold", "trip", "min(10) & failure_rate(0.5)"),
    ("failure_ratio", "trip", "min(10) & failure_rate(0.5)"),
    ("failure_threshold", "trip", "failure_streak(5)"),
    ("fallback_function", "fallback", "|error| Err(error)"),
    ("filter", "track", "matches(Unavailable)"),
    ("half_open_max_calls", "max_half_open_calls", "10"),
    ("half_open_requests", "max_half_open_calls", "10"),
    ("ignore", "success", "matches(NotFound)"),
    ("jitter", "retry", "cooldown(60s, jitter = 0.1)"),
    ("max", "retry", "backoff(10s, max = 300s)"),
    ("max_errors", "trip", "failure_streak(5)"),
    ("max_failures", "trip", "failure_streak(5)"),
    ("min_calls", "trip", "min(10) & failure_rate(0.5)"),
    ("min_requests", "trip", "min(10) & failure_rate(0.5)"),
    ("minimum_number_of_calls", "trip", "min(10) & failure_rate(0.5)"),
    ("minimum_throughput", "trip", "min(10) & failure_rate(0.5)"),
    ("multiplier", "retry", "backoff(10s, multiplier = 2.0)"),
    ("on_error", "fallback", "|error| Err(error)"),
    ("open_duration", "retry", "cooldown(60s)"),
    ("permitted_number_of_calls_in_half_open_state", "max_half_open_calls", "10"),
    ("recovery_timeout", "retry", "cooldown(60s)"),
    ("reset_timeout", "retry", "cooldown(60s)"),
    ("rolling_window", "window", "time(60s)"),
    ("sampling_duration", "window", "time(60s)"),
    ("sleep_window", "retry", "cooldown(60s)"),
    ("sliding_window_size", "window", "count(100)"),
    ("slow_call_duration_threshold", "trip", "min(10) & slow_rate(0.5, 2s)"),
    ("slow_call_rate_threshold", "trip", "min(10) & slow_rate(0.5, 2s)"),
    ("threshold", "trip", "min(10) & failure_rate(0.5)"),
    ("timeout", "retry", "cooldown(60s)"),
    ("tracker", "track", "all"),
    ("wait_duration_in_open_state", "retry", "cooldown(60s)"),
    ("window_size", "window", "count(100)"),
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
            return errors.report(span, nameless(piece));
        };
        let key = name.to_string();
        let Some(&(known, about, example)) = KNOWN.iter().find(|(known, ..)| *known == key) else {
            let message =
                if piece.get(1).is_some_and(is_assignment) { unknown(&key, names) } else { nameless(piece) };
            let place =
                if piece.get(1).is_some_and(is_assignment) { (name.span(), name.span()) } else { span };
            return errors.report(place, message);
        };
        let value = match piece.get(1..) {
            Some([sign, value @ ..]) if is_assignment(sign) => value,
            Some([sign, value @ ..]) if is(sign, ':') => {
                errors
                    .report((sign.span(), sign.span()), "an argument is written with `=`\nhelp: write ` =`");
                value
            }
            Some([TokenTree::Group(group)]) => {
                let inside = group.stream();
                return errors.report(
                    span,
                    format!("an argument is written with `=`\nhelp: write `{known} = {inside}`"),
                );
            }
            _ => &[],
        };
        if value.is_empty() {
            return errors.report(span, format!("`{known}` has no value\nhelp: write `{known} = {example}`"));
        }
        if target == Target::Breaker
            && let Some(reason) = refused(known, about)
        {
            return errors.report((name.span(), name.span()), reason);
        }
        if self.get(known).is_some() {
            return errors.report(span, format!("`{known}` is given twice\nhelp: leave one of them out"));
        }
        let argument = Argument { name: name.clone(), value: value.iter().cloned().collect() };
        if about == About::Crate && syn::parse2::<syn::Path>(argument.value.clone()).is_err() {
            let message = "`crate` is the path of Fluxgate\nhelp: write `crate = ::fluxgate`";
            return errors.report(argument.span(), message);
        }
        self.0.push(argument);
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

fn unknown(name: &str, names: &[String]) -> String {
    let what = format!("unknown argument `{name}`");
    if let Some((_, ours, value)) = FOREIGN.iter().find(|(theirs, ..)| *theirs == name) {
        let here = if names.iter().any(|name| name == ours) {
            format!("here it is part of `{ours}`, as in `{ours} = {value}`")
        } else {
            format!("here it is `{ours}`: write `{ours} = {value}`")
        };
        return format!("{what}\nhelp: {here}");
    }
    let known = KNOWN.iter().map(|(known, ..)| *known);
    if let Some(near) = nearest(name, known.clone()) {
        return format!("{what}; did you mean `{near}`?");
    }
    if let Some(argument) = owner(name) {
        return format!("{what}\nhelp: `{name}` is part of `{argument}`: write `{argument} = {name}..`");
    }
    let known: Vec<_> = known.map(|known| format!("`{known}`")).collect();
    format!("{what}\nhelp: there are {}", known.join(", "))
}

/// The argument whose words include this one.
fn owner(name: &str) -> Option<&'static str> {
    let vocabularies: [(&str, &Vocabulary); 4] =
        [("trip", &TRIP), ("window", &WINDOW), ("retry", &RETRY), ("permit", &PERMIT)];
    vocabularies
        .into_iter()
        .find(|(_, vocabulary)| vocabulary.entry(name).is_some())
        .map(|(argument, _)| argument)
}

/// A value without the name of an argument.
fn nameless(piece: &[TokenTree]) -> String {
    let all: TokenStream = piece.iter().cloned().collect();
    let first = piece.first().and_then(word).map(ToString::to_string);
    let argument = match &first {
        _ if text(&all).is_some() => Some("trip"),
        Some(first) => owner(first),
        None => None,
    };
    match argument {
        Some(argument) => format!("an argument is a name and a value\nhelp: write `{argument} = {all}`"),
        None => {
            "an argument is a name and a value\nhelp: write `trip = min(10) & failure_rate(0.5)`".to_owned()
        }
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
