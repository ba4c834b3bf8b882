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
use crate::trees::{Trees, width};

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
                Some("or") => no_operator(rest, "or").correct("|"),
                Some("and") => no_operator(rest, "and").correct("&"),
                _ if trees.is(at, ',') => {
                    no_operator(rest, ",").help("write `|` (any of them) or `&` (all of them)")
                }
                _ => Problem::new(rest, "there is no `&` or `|` before this"),
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
        let problem = no_operator(trees.place(at, at + 2), &format!("{sign}{sign}"));
        self.report(&problem.correct(sign));
        2
    }

    fn unary(&mut self, trees: &Trees, at: &mut usize) -> Option<Tracker> {
        let mut is_negated = false;
        loop {
            let is_word = trees.word(*at).is_some_and(|word| word == "not");
            if is_word {
                let problem = Problem::new(trees.place(*at, *at + 1), "`not` is written `!`");
                self.report(&problem.correct("!"));
            } else if !trees.is(*at, '!') {
                break;
            }
            is_negated = !is_negated;
            *at += 1;
        }
        let tracker = self.positive(trees, at)?;
        Some(if is_negated { Tracker::Not(Box::new(tracker)) } else { tracker })
    }

    fn positive(&mut self, trees: &Trees, at: &mut usize) -> Option<Tracker> {
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
            let operator = start.saturating_sub(1);
            let what = format!("nothing follows `{}`", trees.tokens(operator, start));
            let problem = Problem::new(trees.place(operator, start), what);
            return self.report(&problem.help("write a tracker, or leave it out"));
        }
        let place = trees.place(start, trees.0.len());
        let tokens = trees.tokens(start, trees.0.len());
        let written = fluxgate_rules::token::spell(place.of(&self.source.tokens));
        let problem = Problem::new(place, "this is not a tracker");
        let problem = match syn::parse2::<Expr>(tokens.clone()) {
            Ok(Expr::Closure(_)) => {
                let written = written.replacen("| ", "|", 1).replacen(" |", "|", 1);
                problem.correct(format!("custom({written})"))
            }
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
            let arguments = arguments.map(|group| inside(group, trees.0[start + 1].1, self.source));
            self.report(&unknown(&name, arguments.as_deref(), trees.place(start, start + 1), place));
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
        match leaf(known, word.span(), arguments) {
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

fn leaf(word: &str, span: Span, arguments: &Group) -> syn::Result<Tracker> {
    let read = |input: ParseStream<'_>| {
        // Within the parentheses, so that what is missing at the end is missed there.
        let inside;
        syn::parenthesized!(inside in input);
        let tracker = match word {
            "matches" => Tracker::Matches(arm(&inside)?),
            "ok" => Tracker::Ok(arm(&inside)?),
            "returned" => Tracker::Returned(arm(&inside)?),
            "type_of" => {
                let types = Punctuated::<Type, Token![,]>::parse_terminated(&inside)?;
                Tracker::TypeOf(span, types.into_iter().collect())
            }
            _ => Tracker::Custom(inside.parse::<Expr>()?.into_token_stream()),
        };
        if inside.is_empty() { Ok(tracker) } else { Err(inside.error("this does not belong here")) }
    };
    read.parse2(TokenStream::from(TokenTree::Group(arguments.clone())))
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

/// `word` is what is unknown, `whole` that and its arguments.
fn unknown(name: &str, arguments: Option<&str>, word: Place, whole: Place) -> Problem {
    let what = format!("unknown tracker `{name}`");
    let with =
        |name: &str| arguments.map_or_else(|| name.to_owned(), |arguments| format!("{name}({arguments})"));
    if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == name) {
        let ours = if *ours == "all" { "all".to_owned() } else { with(ours) };
        return Problem::new(word, what).help(format!("here it is `{ours}`"));
    }
    if let Some(near) = nearest(name, WORDS.iter().map(|(word, _)| *word)) {
        return Problem::new(word, format!("{what}; did you mean `{near}`?"));
    }
    // What begins in upper case is likely a variant of the error.
    let help = if name.starts_with(char::is_uppercase) {
        format!("a pattern of errors is written `matches({})`", with(name))
    } else if arguments.is_none() {
        format!("a function of yours is asked with `custom({name})`")
    } else {
        known()
    };
    Problem::new(whole, what).help(help)
}

fn no_operator(place: Place, sign: &str) -> Problem {
    Problem::new(place, format!("`{sign}` does not join trackers"))
}
