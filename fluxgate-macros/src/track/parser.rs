//! The value of `track`, `success` or `ignore` -> a tree of trackers.

use fluxgate_rules::attribute::{self, MeantTracker, tracker_meant};
use fluxgate_rules::problem::list_once;
use fluxgate_rules::spelling::{is_keyword, nearest};
use fluxgate_rules::token::{TokenRange, spell};
use fluxgate_rules::{Problem, read};
use proc_macro2::{Delimiter, Group, TokenTree};
use quote::ToTokens as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Pat, Token};

use crate::input::arguments::Argument;
use crate::input::errors::CompileErrors;
use crate::input::source::{Source, spelled};
use crate::input::tokens::{TOO_DEEP, is_too_deep, respan, text};
use crate::input::tracker_words::{FOREIGN, WORDS, expected, is_tracker};
use crate::input::trees::{Trees, width};
use crate::track::operand::{operand, pattern};
use crate::track::tracker::Tracker;

/// Reads a tracker, and reports all that is wrong with it.
pub(crate) fn tracker(argument: &Argument, errors: &mut CompileErrors) -> Option<Tracker> {
    let source = Source::new(&argument.value, argument.name.span());
    let whole = TokenRange::whole(&source.tokens);
    let stream = match text(&argument.value) {
        None => argument.value.clone(),
        Some(text) => match text.parse() {
            Ok(stream) if is_too_deep(&stream) => {
                errors.report(source.whole(), TOO_DEEP);
                return None;
            }
            Ok(stream) => respan(stream, source.whole().0),
            Err(_) => {
                let problem = read::balance(&source.tokens).err();
                let problem =
                    problem.unwrap_or_else(|| Problem::new(whole, "this is not Rust").list(expected(), None));
                source.report(&problem, errors);
                return None;
            }
        },
    };
    let trees = Trees::of(stream, 0);
    let mut parser = TrackerParser { source: &source, problems: Vec::new() };
    let tracker = parser.group(&trees, whole);
    let mut problems = parser.problems;
    // Code in another form is a single mistake.
    let meant = tracker_meant(&source.tokens).filter(|_| !problems.is_empty());
    let has = |sign| (0..trees.0.len()).any(|at| trees.is(at, sign));
    let (what, help) = if has('<') && has('>') {
        ("this is a type, which goes in `type_of`", "write `type_of(TYPE)`, or `matches(PATTERN)`")
    } else {
        (
            "a comparison is code, not a tracker",
            "write `custom(|error| ..)`, or a pattern with a guard: `ok(value if ..)`",
        )
    };
    match meant {
        Some(MeantTracker { what, text }) => source.report(&Problem::new(whole, what).correct(text), errors),
        None if problems.len() > 1 && ['<', '>', '='].into_iter().any(has) => {
            source.report(&Problem::new(whole, what).help(help), errors);
        }
        None => {
            list_once(&mut problems);
            for problem in &problems {
                source.report(problem, errors);
            }
        }
    }
    tracker
}

struct TrackerParser<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
}

impl TrackerParser<'_> {
    /// Reads a whole expression. If there is none, `place` is blamed.
    fn group(&mut self, trees: &Trees, place: TokenRange) -> Option<Tracker> {
        if trees.0.is_empty() {
            self.problems.push(Problem::new(place, "a tracker is missing").correct("all"));
            return None;
        }
        let mut at = 0;
        let mut members = vec![self.conjunction(trees, &mut at)];
        while trees.is(at, '|') {
            at += self.operator(trees, at);
            members.push(self.conjunction(trees, &mut at));
        }
        if at < trees.0.len() {
            let problem = self.out_of_place(trees, at);
            self.problems.push(problem);
            return None;
        }
        joined(members, Tracker::Or)
    }

    fn conjunction(&mut self, trees: &Trees, at: &mut usize) -> Option<Tracker> {
        let mut members = vec![self.unary(trees, at)];
        while trees.is(*at, '&') {
            *at += self.operator(trees, *at);
            members.push(self.unary(trees, at));
        }
        joined(members, Tracker::And)
    }

    /// What is wrong with a tree where an operator or the end belongs.
    fn out_of_place(&self, trees: &Trees, at: usize) -> Problem {
        let place = trees.place(at, at + 1);
        let text = spell(place.of(&self.source.tokens));
        match trees.word(at).as_deref() {
            Some("or") => no_operator(place, "or").correct("|"),
            Some("and") => no_operator(place, "and").correct("&"),
            Some("but" | "except" | "minus" | "without") => no_operator(place, &text).correct("& !"),
            Some("if") => Problem::new(place, "a guard goes in the parentheses, after the pattern")
                .help("write `matches(PATTERN if GUARD)`"),
            _ if trees.is(at, '-') => no_operator(place, "-").correct("& !"),
            _ if trees.is(at, ',') => {
                no_operator(place, ",").help("write `|` (any of them) or `&` (all of them)")
            }
            None if !matches!(trees.get(at), Some(TokenTree::Group(_))) && !trees.is(at, '!') => {
                Problem::new(place, format!("`{text}` does not belong here")).help("remove it")
            }
            _ => Problem::new(place, "`&` or `|` is missing before this").help("write one of them"),
        }
    }

    /// How many trees an operator takes: one, or two if it is doubled, which is reported.
    fn operator(&mut self, trees: &Trees, at: usize) -> usize {
        let sign = if trees.is(at, '&') { '&' } else { '|' };
        if !trees.is(at + 1, sign) {
            return 1;
        }
        let problem = no_operator(trees.place(at, at + 2), &format!("{sign}{sign}"));
        self.problems.push(problem.correct(sign));
        2
    }

    fn unary(&mut self, trees: &Trees, at: &mut usize) -> Option<Tracker> {
        if trees.is(*at, '|')
            && let Ok(Expr::Closure(_)) = syn::parse2(trees.tokens(*at, trees.0.len()))
        {
            self.stray(trees, *at);
            *at = trees.0.len();
            return None;
        }
        if let Some(sign) = ["&", "|"].into_iter().find(|sign| trees.is(*at, sign.as_bytes()[0].into())) {
            let problem =
                Problem::new(trees.place(*at, *at + 1), format!("a tracker is missing before `{sign}`"));
            self.problems.push(problem.help(format!("write one, or remove the `{sign}`")));
            *at = trees.0.len();
            return None;
        }
        let mut is_negated = false;
        let mut is_right = true;
        loop {
            let is_word = trees.word(*at).is_some_and(|word| word == "not");
            if is_word {
                let problem = Problem::new(trees.place(*at, *at + 1), "`not` is written `!`");
                self.problems.push(problem.correct("!"));
                is_right = false;
            } else if !trees.is(*at, '!') {
                break;
            }
            is_negated = !is_negated;
            *at += 1;
        }
        let tracker = self.positive(trees, at).filter(|_| is_right)?;
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
            Some(TokenTree::Ident(_)) if path(trees, start).is_some() => {
                let last = path(trees, start)?;
                let problem =
                    Problem::new(trees.place(start, last + 1), "a tracker is written without a path");
                self.problems.push(problem.correct(trees.word(last).unwrap_or_default()));
                *at = last;
                self.word(trees, at)
            }
            _ => {
                self.stray(trees, start);
                *at = trees.0.len();
                None
            }
        }
    }

    /// Reports something that is not a tracker, but may be the content of one.
    fn stray(&mut self, trees: &Trees, start: usize) {
        if start >= trees.0.len() {
            let operator = start.saturating_sub(1);
            let sign = trees.tokens(operator, start).to_string();
            let problem =
                Problem::new(trees.place(operator, start), format!("a tracker is missing after `{sign}`"));
            return self.problems.push(problem.help(format!("write one, or remove the `{sign}`")));
        }
        let place = trees.place(start, trees.0.len());
        let tokens = trees.tokens(start, trees.0.len());
        let problem = Problem::new(place, "this is not a tracker");
        let problem = match syn::parse2::<Expr>(tokens.clone()) {
            Ok(Expr::Lit(literal)) if literal.lit.suffix() == "xx" && spelled(&tokens) == "5xx" => {
                problem.correct("server_errors")
            }
            // `4xx`
            Ok(Expr::Lit(literal)) if literal.lit.suffix() == "xx" => {
                problem.help("write `ok(response if response.status().is_client_error())`, for example")
            }
            Ok(Expr::Call(call)) if matches!(&*call.func, Expr::Path(path) if !is_variant(&path.path)) => {
                problem.list(expected(), None)
            }
            parsed => {
                let is_content = matches!(parsed, Ok(Expr::Closure(_) | Expr::Path(_)))
                    || matches!(parsed, Ok(Expr::Array(array)) if !array.elems.is_empty())
                    || pattern(tokens).is_ok();
                match attribute::tracker(&spell(place.of(&self.source.tokens))).filter(|_| is_content) {
                    Some(text) => problem.correct(text),
                    None => problem.list(expected(), None),
                }
            }
        };
        self.problems.push(problem);
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
        if trees.is(*at, '!') && matches!(trees.get(*at + 1), Some(TokenTree::Group(_))) {
            let problem = Problem::new(trees.place(start, *at + 1), format!("`{name}` is not a macro"));
            self.problems.push(problem.help("remove the `!`"));
            *at += 2;
            return None;
        }
        let place = trees.place(start, *at);
        let Some((known, example)) = WORDS.iter().find(|(known, _)| *known == name) else {
            let problem = self.unknown(&name, arguments, trees, start, place);
            self.problems.push(problem);
            return None;
        };
        let Some(arguments) = arguments.filter(|group| !group.stream().is_empty() || example.is_empty())
        else {
            match *known {
                "all" => return Some(Tracker::All),
                "server_errors" => return Some(Tracker::ServerErrors(word.span())),
                _ => {}
            }
            let wanted = match *known {
                "type_of" => "a type",
                "custom" => "a function",
                _ => "a pattern",
            };
            let problem = Problem::new(place, format!("`{known}` takes {wanted}"));
            self.problems.push(problem.help(format!("write `{known}({example})`")));
            return None;
        };
        if *known == "all" {
            let members = listed(&name, arguments);
            let problem = match &members {
                Some(_) => Problem::new(place, "trackers are joined by `&`"),
                None => Problem::new(place, "`all` takes no arguments"),
            };
            let other = format!("matches({})", inside(arguments, trees.0[start + 1].1, self.source));
            self.problems.push(match members {
                Some(members) => problem.correct(members),
                None if arguments.stream().is_empty() => problem.correct("all"),
                None => problem.help(format!("write `all`, or `{other}`")),
            });
            return None;
        }
        if example.is_empty() {
            let problem = Problem::new(place, format!("`{known}` takes no arguments"));
            self.problems.push(problem.correct(*known));
            return None;
        }
        let index = trees.0[start + 1].1 + 1;
        let inside = Trees::of(arguments.stream(), index);
        let whole = inside.place(0, inside.0.len());
        match operand(self.source, known, word.span(), &inside, &arguments.stream()) {
            Ok(tracker) => Some(tracker),
            Err(problem) => {
                let problem =
                    if problem.place.is_empty() { Problem { place: whole, ..*problem } } else { *problem };
                self.problems.push(problem);
                None
            }
        }
    }

    /// Reports a word that is not ours.
    fn unknown(
        &self,
        name: &str,
        group: Option<&Group>,
        trees: &Trees,
        start: usize,
        whole: TokenRange,
    ) -> Problem {
        let word = trees.place(start, start + 1);
        let what = format!("unknown tracker `{name}`");
        let arguments = group.map(|group| inside(group, trees.0[start + 1].1, self.source));
        let with = |name: &str| {
            arguments.as_ref().map_or_else(|| name.to_owned(), |arguments| format!("{name}({arguments})"))
        };
        if let Some(members) = group.and_then(|group| listed(name, group)) {
            let operator = if ["all", "and"].contains(&name) { "&" } else { "|" };
            return Problem::new(whole, format!("trackers are joined by `{operator}`")).correct(members);
        }
        if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == name) {
            let problem = Problem::new(word, what);
            return match (arguments.is_some(), WORDS.iter().find(|(word, _)| word == ours)) {
                (false, Some((_, example))) if !example.is_empty() => {
                    problem.correct_at(whole, format!("{ours}({example})")).as_example()
                }
                (true, Some(("all", _))) => problem.correct_at(whole, with("matches")),
                (_, Some((word, ""))) => problem.correct_at(whole, *word),
                _ => problem.correct_at(whole, with(ours)),
            };
        }
        // `is_down` is the user's function, even if it resembles a word of ours.
        let is_word = !is_keyword(name) && (arguments.is_some() || !name.starts_with("is_"));
        if let Some(near) = nearest(name, WORDS.iter().map(|(word, _)| *word)).filter(|_| is_word) {
            return Problem::new(word, what).did_you_mean(near);
        }
        // A name in upper case is probably a variant of the error.
        let problem = Problem::new(whole, what);
        if ["None", "Some"].contains(&name) {
            let value = with(name);
            problem
                .correct(format!("returned({value})"))
                .aside(format!("; if that is in a `Result`, `ok({value})`"))
        } else if name.starts_with(char::is_uppercase) {
            let right = format!("matches({})", with(name));
            problem.help(format!("to look for an error like this, write `{right}`")).correct(right)
        } else if arguments.is_none() && !is_keyword(name) && !["never", "none", "nothing"].contains(&name) {
            let right = format!("custom({name})");
            problem.help(format!("to ask a function of yours, write `{right}`")).correct(right)
        } else if ["never", "none", "nothing"].contains(&name) {
            problem.help(
                "leave the argument out if there is nothing to track; to keep a breaker from tripping, disable it \
                 while the program runs: `breaker.disable()`",
            )
        } else if let Some(guarded) =
            group.zip(arguments).and_then(|(group, text)| guarded(name, group, &text))
        {
            problem.help(format!("to ask for it, use a guard: `{guarded}`, for example"))
        } else {
            problem.list(expected(), None)
        }
    }
}

/// What a word that is no tracker may ask for: `code(500)`, `status(500..=599)`, `contains("timed out")`.
fn guarded(name: &str, arguments: &Group, written: &str) -> Option<String> {
    let pattern = pattern(arguments.stream()).ok()?;
    let is_text = matches!(&pattern, Pat::Lit(literal) if matches!(literal.lit, Lit::Str(_)));
    let (word, subject) = match name {
        "contains" | "starts_with" | "ends_with" if is_text => {
            return Some(format!("matches(error if error.to_string().{name}({written}))"));
        }
        "message" | "text" if is_text => {
            return Some(format!("matches(error if error.to_string().contains({written}))"));
        }
        "status" | "status_code" | "http_status" => ("ok(response", "response.status().as_u16()"),
        "code" | "error_code" | "grpc_code" | "grpc_status" => ("matches(error", "error.code()"),
        _ => return None,
    };
    Some(match pattern {
        Pat::Lit(_) => format!("{word} if {subject} == {written})"),
        _ => format!("{word} if matches!({subject}, {written}))"),
    })
}

/// The end of a path that leads to one of our words: `track::all`.
fn path(trees: &Trees, start: usize) -> Option<usize> {
    let mut last = start;
    while trees.is(last + 1, ':') && trees.is(last + 2, ':') && trees.word(last + 3).is_some() {
        last += 3;
    }
    let word = trees.word(last)?;
    (last > start && WORDS.iter().any(|(known, _)| *known == word)).then_some(last)
}

/// Whether a path may name a variant or a constant, which is a pattern.
fn is_variant(path: &syn::Path) -> bool {
    let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    last.starts_with(char::is_uppercase)
}

/// `any(all, ok(1))` and the like as we would write them; `None` for anything else.
fn listed(name: &str, group: &Group) -> Option<String> {
    let operator = match name {
        "all" | "and" => " & ",
        "any" | "or" => " | ",
        _ => return None,
    };
    let members = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(group.stream()).ok()?;
    let members: Vec<_> = members.iter().map(|member| spelled(&member.to_token_stream())).collect();
    (members.len() > 1 && members.iter().any(|member| is_tracker(member)))
        .then(|| format!("({})", members.join(operator)))
}

fn inside(group: &Group, index: usize, source: &Source) -> String {
    let end = index + width(&TokenTree::Group(group.clone()));
    spell(TokenRange::new(index + 1, end - 1).of(&source.tokens))
}

/// The members as one tracker, if all of them are right.
fn joined(members: Vec<Option<Tracker>>, with: fn(Vec<Tracker>) -> Tracker) -> Option<Tracker> {
    let mut members: Vec<_> = members.into_iter().collect::<Option<_>>()?;
    if members.len() == 1 { members.pop() } else { Some(with(members)) }
}

fn no_operator(place: TokenRange, sign: &str) -> Problem {
    Problem::new(place, format!("`{sign}` does not join trackers"))
}
