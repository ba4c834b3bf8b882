//! The value of `track` or `success` -> a tree of trackers.

use fluxgate_rules::Problem;
use fluxgate_rules::suggest::nearest;
use fluxgate_rules::token::Place;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, Pat, Token, Type};

use crate::arguments::Argument;
use crate::errors::Errors;
use crate::language::{Source, respan, text};

/// Which results are claimed.
#[derive(Clone)]
pub(crate) enum Tracker {
    /// Every `Err`.
    All,
    /// An `Err` like this.
    Matches(Arm),
    /// An `Err` of one of these types, or that comes from one.
    TypeOf(Span, Vec<Type>),
    /// An `Err` of which a function of the user's says so.
    Custom(TokenStream),
    /// An `Ok` like this.
    Ok(Arm),
    /// A return value like this.
    Returned(Arm),
    Not(Box<Tracker>),
    And(Box<Tracker>, Box<Tracker>),
    Or(Box<Tracker>, Box<Tracker>),
}

/// A pattern, perhaps with a guard.
#[derive(Clone)]
pub(crate) struct Arm {
    pub(crate) pattern: TokenStream,
    pub(crate) guard: Option<TokenStream>,
}

impl Tracker {
    /// Whether it looks at whole return values only, so that the function need not return a `Result`.
    pub(crate) fn is_of_returned(&self) -> bool {
        match self {
            Self::Returned(_) => true,
            Self::Not(inner) => inner.is_of_returned(),
            Self::And(left, right) | Self::Or(left, right) => left.is_of_returned() && right.is_of_returned(),
            _ => false,
        }
    }
}

/// The words, each with an example of what stands in its parentheses.
const WORDS: [(&str, &str); 6] = [
    ("all", ""),
    ("matches", "PATTERN"),
    ("type_of", "SomeError"),
    ("custom", "|error| .."),
    ("ok", "PATTERN"),
    ("returned", "PATTERN"),
];

/// What people call them: their word, and ours.
const FOREIGN: [(&str, &str); 17] = [
    ("any", "all"),
    ("every", "all"),
    ("errors", "all"),
    ("err", "matches"),
    ("Err", "matches"),
    ("error", "matches"),
    ("match", "matches"),
    ("kind", "matches"),
    ("is", "type_of"),
    ("instance_of", "type_of"),
    ("downcast", "type_of"),
    ("predicate", "custom"),
    ("when", "custom"),
    ("value", "ok"),
    ("Ok", "ok"),
    ("result", "returned"),
    ("return", "returned"),
];

/// Reads a tracker, and reports all that is wrong with it.
pub(crate) fn tracker(argument: &Argument, errors: &mut Errors) -> Option<Tracker> {
    let source = Source::new(&argument.value, argument.name.span());
    let whole = Place::new(0, source.tokens.len());
    let stream = match text(&argument.value) {
        None => argument.value.clone(),
        Some(text) => {
            let Ok(stream) = text.parse() else {
                errors.push(source.error(&Problem::new(whole, "this is not Rust")));
                return None;
            };
            respan(stream, source.whole().0)
        }
    };
    Parser { source: &source, errors }.group(&Trees::of(stream, 0), whole)
}

/// Trees side by side, and the index of each among all tokens.
struct Trees(Vec<(TokenTree, usize)>);

impl Trees {
    fn of(stream: TokenStream, mut index: usize) -> Self {
        let mut trees = Vec::new();
        collect(stream, &mut index, &mut trees);
        Self(trees)
    }

    fn get(&self, at: usize) -> Option<&TokenTree> {
        self.0.get(at).map(|(tree, _)| tree)
    }

    fn is(&self, at: usize, sign: char) -> bool {
        matches!(self.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
    }

    fn word(&self, at: usize) -> Option<String> {
        match self.get(at) {
            Some(TokenTree::Ident(word)) => Some(word.to_string()),
            _ => None,
        }
    }

    /// From one tree to before another.
    fn place(&self, from: usize, to: usize) -> Place {
        match (self.0.get(from), self.0.get(to.saturating_sub(1))) {
            (Some((_, start)), Some((last, index))) if from < to => Place::new(*start, index + width(last)),
            _ => {
                let end = self.0.last().map_or(0, |(last, index)| index + width(last));
                Place::new(end, end)
            }
        }
    }

    fn tokens(&self, from: usize, to: usize) -> TokenStream {
        self.0[from..to].iter().map(|(tree, _)| tree.clone()).collect()
    }
}

/// The trees of a stream, with what is in invisible groups beside them.
fn collect(stream: TokenStream, index: &mut usize, trees: &mut Vec<(TokenTree, usize)>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                collect(group.stream(), index, trees);
            }
            tree => {
                let width = width(&tree);
                trees.push((tree, *index));
                *index += width;
            }
        }
    }
}

/// How many tokens a tree is.
fn width(tree: &TokenTree) -> usize {
    match tree {
        TokenTree::Group(group) => {
            let inside: usize = group.stream().into_iter().map(|tree| width(&tree)).sum();
            inside + if group.delimiter() == Delimiter::None { 0 } else { 2 }
        }
        _ => 1,
    }
}

struct Parser<'a> {
    source: &'a Source,
    errors: &'a mut Errors,
}

impl Parser<'_> {
    fn report(&mut self, problem: &Problem) {
        self.errors.push(self.source.error(problem));
    }

    /// A whole expression; `place` is what to blame if there is nothing.
    fn group(&mut self, trees: &Trees, place: Place) -> Option<Tracker> {
        if trees.0.is_empty() {
            self.report(&Problem::new(place, "a tracker is missing").correct("all"));
            return None;
        }
        let mut at = 0;
        let mut any = self.conjunction(trees, &mut at);
        while at < trees.0.len() {
            if trees.is(at, '|') {
                at += self.operator(trees, at);
                let right = self.conjunction(trees, &mut at);
                any = join(any, right, Tracker::Or);
                continue;
            }
            let rest = trees.place(at, at + 1);
            let problem = match trees.word(at).as_deref() {
                Some("or") => Problem::new(rest, "trackers are joined with `|`").correct("|"),
                Some("and") => Problem::new(rest, "trackers are joined with `&`").correct("&"),
                _ if trees.is(at, ',') => {
                    Problem::new(rest, "trackers are joined with `|` or `&`").correct(" |")
                }
                _ => Problem::new(rest, "`&` or `|` is missing before this"),
            };
            self.report(&problem);
            return None;
        }
        any
    }

    fn conjunction(&mut self, trees: &Trees, at: &mut usize) -> Option<Tracker> {
        let mut all = self.unary(trees, at);
        while trees.is(*at, '&') {
            *at += self.operator(trees, *at);
            let right = self.unary(trees, at);
            all = join(all, right, Tracker::And);
        }
        all
    }

    /// How many trees an operator is: one, or two if it is written twice, which is reported.
    fn operator(&mut self, trees: &Trees, at: usize) -> usize {
        let sign = if trees.is(at, '&') { '&' } else { '|' };
        if !trees.is(at + 1, sign) {
            return 1;
        }
        let problem =
            Problem::new(trees.place(at, at + 2), format!("`{sign}{sign}` is one `{sign}` too many"));
        self.report(&problem.correct(sign));
        2
    }

    fn unary(&mut self, trees: &Trees, at: &mut usize) -> Option<Tracker> {
        if trees.is(*at, '!') {
            *at += 1;
            return self.unary(trees, at).map(|inner| Tracker::Not(Box::new(inner)));
        }
        let start = *at;
        match trees.get(start) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                *at += 1;
                let (_, index) = trees.0[start];
                self.group(&Trees::of(group.stream(), index + 1), trees.place(start, start + 1))
            }
            Some(TokenTree::Ident(_)) if !trees.is(start + 1, ':') => self.word(trees, at),
            _ => {
                self.stray(trees, start);
                *at = trees.0.len();
                None
            }
        }
    }

    /// Something that is no tracker, but what may be in one.
    fn stray(&mut self, trees: &Trees, start: usize) {
        if start >= trees.0.len() {
            return self
                .report(&Problem::new(trees.place(start, start), "a tracker is missing").correct(" all"));
        }
        let place = trees.place(start, trees.0.len());
        let tokens = trees.tokens(start, trees.0.len());
        let written = fluxgate_rules::token::spell(place.of(&self.source.tokens));
        let problem = Problem::new(place, "this is not a tracker");
        let problem = match syn::parse2::<Expr>(tokens.clone()) {
            Ok(Expr::Closure(_)) => problem.correct(format!("custom({written})")),
            _ if arm.parse2(tokens).is_ok() => problem.correct(format!("matches({written})")),
            _ => problem.help(known()),
        };
        self.report(&problem);
    }

    fn word(&mut self, trees: &Trees, at: &mut usize) -> Option<Tracker> {
        let start = *at;
        let TokenTree::Ident(word) = trees.get(start)? else { return None };
        let name = word.to_string();
        *at += 1;
        let arguments = match trees.get(*at) {
            Some(TokenTree::Group(group)) => {
                *at += 1;
                Some(group)
            }
            _ => None,
        };
        let place = trees.place(start, *at);
        let Some((known, example)) = WORDS.iter().find(|(known, _)| *known == name) else {
            let problem = unknown(&name, trees.place(start, start + 1), place, self.source);
            self.report(&problem);
            return None;
        };
        let Some(arguments) = arguments.filter(|group| !group.stream().is_empty() || *known == "all") else {
            if *known == "all" {
                return Some(Tracker::All);
            }
            let problem = Problem::new(place, format!("`{known}` has nothing to look for"));
            self.report(&problem.help(format!("write `{known}({example})`")));
            return None;
        };
        if *known == "all" {
            let problem = Problem::new(place, "`all` takes nothing in parentheses");
            let other = format!("matches({})", inside(arguments, trees.0[start + 1].1, self.source));
            let help = if arguments.stream().is_empty() {
                "write `all`".to_owned()
            } else {
                format!("write `all`, or `{other}`")
            };
            self.report(&problem.help(help).correct("all"));
            return None;
        }
        match leaf(known, word.span(), arguments.stream()) {
            Ok(tracker) => Some(tracker),
            Err(error) => {
                let message = format!("{error}\nhelp: write `{known}({example})`");
                self.errors.push(syn::Error::new(error.span(), message));
                None
            }
        }
    }
}

fn inside(group: &Group, index: usize, source: &Source) -> String {
    let end = index + width(&TokenTree::Group(group.clone()));
    fluxgate_rules::token::spell(Place::new(index + 1, end - 1).of(&source.tokens))
}

fn join(
    left: Option<Tracker>,
    right: Option<Tracker>,
    with: impl FnOnce(Box<Tracker>, Box<Tracker>) -> Tracker,
) -> Option<Tracker> {
    Some(with(Box::new(left?), Box::new(right?)))
}

fn leaf(word: &str, span: Span, tokens: TokenStream) -> syn::Result<Tracker> {
    Ok(match word {
        "matches" => Tracker::Matches(arm.parse2(tokens)?),
        "ok" => Tracker::Ok(arm.parse2(tokens)?),
        "returned" => Tracker::Returned(arm.parse2(tokens)?),
        "type_of" => {
            let types = Punctuated::<Type, Token![,]>::parse_terminated.parse2(tokens)?;
            Tracker::TypeOf(span, types.into_iter().collect())
        }
        _ => Tracker::Custom(syn::parse2::<Expr>(tokens)?.into_token_stream()),
    })
}

fn arm(input: ParseStream<'_>) -> syn::Result<Arm> {
    let pattern = Pat::parse_multi_with_leading_vert(input)?.into_token_stream();
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(_) => Some(input.parse::<Expr>()?.into_token_stream()),
        None => None,
    };
    Ok(Arm { pattern: quote!(#pattern), guard })
}

fn known() -> String {
    let words: Vec<_> = WORDS
        .iter()
        .map(
            |(word, example)| {
                if example.is_empty() { format!("`{word}`") } else { format!("`{word}({example})`") }
            },
        )
        .collect();
    format!("trackers are {}, joined with `&`, `|` and `!`", words.join(", "))
}

fn unknown(name: &str, word: Place, whole: Place, source: &Source) -> Problem {
    let what = format!("unknown tracker `{name}`");
    if name == "not" {
        return Problem::new(word, "`not` is written `!`").correct("!");
    }
    if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == name) {
        let problem = Problem::new(word, what).help(format!("here it is `{ours}`"));
        return if *ours == "all" { problem.correct("all") } else { problem.correct(*ours) };
    }
    if let Some(near) = nearest(name, WORDS.iter().map(|(word, _)| *word)) {
        return Problem::new(word, format!("{what}; did you mean `{near}`?")).correct(near);
    }
    let written = fluxgate_rules::token::spell(whole.of(&source.tokens));
    // What begins in upper case is likely a variant of the error.
    if name.starts_with(char::is_uppercase) {
        Problem::new(whole, what).help(format!("a pattern of errors is written `matches({written})`"))
    } else {
        let help = format!("a function of yours is asked with `custom({name})`; {}", known());
        Problem::new(word, what).help(help)
    }
}
