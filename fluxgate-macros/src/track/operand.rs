//! The content of the parentheses after a tracker's word.

use fluxgate_rules::Problem;
use fluxgate_rules::attribute::KindOfError;
use fluxgate_rules::token::{TokenRange, spell_closure};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprClosure, Lit, Pat, PatIdent, PatPath, Path, Token, Type, TypePath};

use crate::input::callable::{Callable, Uncallable};
use crate::input::source::{Source, spelled};
use crate::input::tokens::{mentions, text};
use crate::input::trees::Trees;
use crate::track::tracker::{Arm, Borrowed, Tracker};

/// Reads the content of the parentheses after a word.
pub(crate) fn operand(
    source: &Source,
    word: &str,
    span: Span,
    inside: &Trees,
    tokens: &TokenStream,
) -> Result<Tracker, Box<Problem>> {
    Ok(match word {
        "custom" => Tracker::Custom(custom(inside, tokens)?),
        "type_of" => Tracker::TypeOf(span, types(inside, tokens)?),
        "matches" => Tracker::Matches(arm(source, word, inside, tokens)?),
        "ok" => Tracker::Ok(arm(source, word, inside, tokens)?),
        _ => Tracker::Returned(arm(source, word, inside, tokens)?),
    })
}

/// Reads a user function.
fn custom(inside: &Trees, tokens: &TokenStream) -> Result<Callable, Box<Problem>> {
    let whole = inside.place(0, inside.0.len());
    Callable::parse_sync(tokens).map_err(|uncallable| {
        let problem = Problem::new(whole, uncallable.what("custom", "the error"));
        Box::new(match uncallable {
            Uncallable::Quoted(meant) | Uncallable::WithoutParameter(meant) => problem.correct(meant),
            _ => problem.help("write `custom(|error| ..)`"),
        })
    })
}

/// Types of errors.
fn types(inside: &Trees, tokens: &TokenStream) -> Result<Vec<Type>, Box<Problem>> {
    let types = Punctuated::<Type, Token![,]>::parse_terminated.parse2(tokens.clone());
    let end = inside.0.len();
    let whole = inside.place(0, end);
    if let Some(variant) = types.iter().flatten().find_map(variant) {
        return Err(Box::new(variant_in_type_of(&variant, types.iter().flatten().count() == 1, whole)));
    }
    types.map(|types| types.into_iter().collect()).map_err(|_| {
        let quoted = text(tokens).filter(|text| syn::parse_str::<Type>(text).is_ok());
        let bar = (0..end).find(|at| inside.is(*at, '|'));
        Box::new(match (bar, quoted) {
            (Some(at), _) => {
                Problem::new(inside.place(at, at + 1), "types are separated by `,`").correct(",")
            }
            (_, Some(ty)) => Problem::new(whole, "a type is written without quotes").correct(ty),
            _ => Problem::new(whole, "this is not a type").help("write `type_of(SomeError)`"),
        })
    })
}

/// A path that is clearly a variant's: `ApiError::Timeout`, but not `Client::Error`, which may be an associated type.
struct Variant {
    path: String,
    of: String,
    /// What it is a variant of, if that is not an error itself.
    kind: Option<&'static KindOfError>,
}

fn variant(ty: &Type) -> Option<Variant> {
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return None };
    let mut segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let last = segments.pop()?;
    let of = segments.last()?;
    let kind = KindOfError::named(if of.ends_with("ErrorKind") { "ErrorKind" } else { of });
    let is_variant =
        (kind.is_some() || of.ends_with("Error")) && last != "Error" && last.starts_with(char::is_uppercase);
    let [path, of] = [path.to_token_stream(), of_variant(path)].map(|path| spelled(&path));
    is_variant.then_some(Variant { path, of, kind })
}

/// The path of a variant without the variant.
fn of_variant(path: &Path) -> TokenStream {
    let mut path = path.clone();
    path.segments.pop();
    path.segments.pop_punct();
    path.into_token_stream()
}

/// The problem of a variant in `type_of`.
fn variant_in_type_of(Variant { path, of, kind }: &Variant, is_alone: bool, whole: TokenRange) -> Problem {
    let (right, of_box) = if let Some(KindOfError { name, error, method }) = kind {
        let error = format!("{}{error}", of.strip_suffix(name).unwrap_or_default());
        let is = format!("error.{method}() == {path}");
        let of_box = format!("error.downcast_ref::<{error}>().is_some_and(|error| {is})");
        (format!("custom(|error| {is})"), of_box)
    } else {
        (format!("matches({path})"), format!("matches!(error.downcast_ref(), Some({path}))"))
    };
    let place = if is_alone { TokenRange::new(whole.start - 2, whole.end + 1) } else { whole };
    let what = format!("`{path}` is a variant, and `type_of` takes types of errors");
    let aside = format!(";\nfor an error in a `Box` or an `anyhow::Error`, write `custom(|error| {of_box})`");
    let problem = Problem::new(place, what);
    if is_alone {
        problem.correct(right).aside(aside)
    } else {
        problem.help(format!("write `{right}` beside it{aside}"))
    }
}

/// The types of errors that a pattern consists of, if they cannot be anything else: `io::Error`. `fmt::Error` is a pattern, too.
fn types_of_errors(pattern: &Pat) -> Option<Vec<String>> {
    match pattern {
        Pat::Or(or) => Some(or.cases.iter().map(types_of_errors).collect::<Option<Vec<_>>>()?.concat()),
        Pat::Paren(paren) => types_of_errors(&paren.pat),
        Pat::Path(PatPath { qself: None, path, .. }) => {
            let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let [.., module, last] = segments.as_slice() else { return None };
            let is_type = last == "Error" && module.starts_with(char::is_lowercase) && module != "fmt";
            is_type.then(|| vec![spelled(&path.to_token_stream())])
        }
        _ => None,
    }
}

/// A pattern, and perhaps a guard.
fn arm(source: &Source, word: &str, inside: &Trees, tokens: &TokenStream) -> Result<Arm, Box<Problem>> {
    let end = inside.0.len();
    let guard = (0..end).find(|at| inside.word(*at).is_some_and(|word| word == "if"));
    let behind = guard.unwrap_or(end);
    let is_if = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "if");
    let written: TokenStream = tokens.clone().into_iter().take_while(|tree| !is_if(tree)).collect();
    let problem = |from: usize, to: usize, what: &str| Problem::new(inside.place(from, to), what);
    if is_closure(tokens) {
        let place = inside.place(0, end);
        let closure = spell_closure(place.of(&source.tokens));
        let what = format!("`{word}` takes a pattern, and this is a closure");
        return Err(Box::new(if word == "matches" {
            // Includes the word and the parentheses.
            Problem::new(TokenRange::new(place.start - 2, place.end + 1), what)
                .correct(format!("custom({closure})"))
        } else {
            match guarded(tokens) {
                Some(guarded) => problem(0, end, &what).correct(guarded),
                None => problem(0, end, &what).help(format!("write `{word}(PATTERN if GUARD)`")),
            }
        }));
    }
    let Ok(pattern) = pattern(written.clone()) else {
        let separator =
            (0..behind).find(|at| inside.is(*at, ',') || inside.is(*at, '|') && inside.is(*at + 1, '|'));
        return Err(Box::new(match separator {
            Some(at) => {
                let to = if inside.is(at, ',') { at + 1 } else { at + 2 };
                problem(at, to, "patterns are joined by `|`").correct("|")
            }
            None if behind == 0 => problem(0, 1, "a pattern is missing before `if`")
                .help(format!("write `{word}(PATTERN if GUARD)`")),
            None => {
                let code = spelled(&written);
                let problem = problem(0, behind, &format!("`{code}` is not a pattern"));
                let is_code = guard.is_none() && syn::parse2::<Expr>(written.clone()).is_ok();
                match inside.get(0) {
                    // `matches(error.code() == 500)`
                    Some(TokenTree::Ident(subject))
                        if is_code && inside.is(1, '.') && is_lowercase(subject) && subject != "self" =>
                    {
                        let arm = format!("{subject} if {code}");
                        problem.help(format!("code goes in a guard: `{word}({arm})`")).correct(arm)
                    }
                    _ if is_code => {
                        let subject = if word == "matches" { "error" } else { "value" };
                        problem.help(format!("code goes in a guard: `{word}({subject} if ..)`"))
                    }
                    _ => problem.help(format!("write `{word}(PATTERN)`")),
                }
            }
        }));
    };
    let Some(guard) = guard else {
        if let Pat::Ident(PatIdent { ident, subpat: None, .. }) = &pattern
            && is_lowercase(ident)
        {
            let (subject, all) = match word {
                "matches" => ("error", format!("`all`, or `custom({ident})` if that is a function")),
                "ok" => ("`Ok` value", format!("a guard: `ok({ident} if ..)`")),
                _ => ("return value", format!("a guard: `returned({ident} if ..)`")),
            };
            let what = format!("`{ident}` would be a new name for any {subject}, so that all of them match");
            return Err(Box::new(
                problem(0, end, &what).help(format!("write a pattern that tells them apart, or {all}")),
            ));
        }
        if let Some(types) = types_of_errors(&pattern).filter(|_| word == "matches") {
            let place = inside.place(0, end);
            let (noun, them) = if types.len() == 1 { ("is a type", "goes") } else { ("are types", "go") };
            let what = format!("`{}` {noun}, which {them} in `type_of`", types.join("` and `"));
            let whole = TokenRange::new(place.start - 2, place.end + 1);
            return Err(Box::new(
                Problem::new(whole, what).correct(format!("type_of({})", types.join(", "))),
            ));
        }
        return Ok(arm_of(pattern, None));
    };
    let condition: TokenStream = tokens.clone().into_iter().skip_while(|tree| !is_if(tree)).skip(1).collect();
    match syn::parse2::<Expr>(condition.clone()) {
        Ok(condition) => Ok(arm_of(pattern, Some(condition.into_token_stream()))),
        Err(_) if condition.is_empty() => Err(Box::new(
            problem(guard, end, "a condition is missing after `if`")
                .help(format!("write `{word}(PATTERN if GUARD)`")),
        )),
        Err(_) => {
            let what = format!("`{}` is not an expression", spelled(&condition));
            Err(Box::new(problem(guard + 1, end, &what).help(format!("write `{word}(PATTERN if GUARD)`"))))
        }
    }
}

fn arm_of(mut pattern: Pat, guard: Option<TokenStream>) -> Arm {
    let (written, borrowed) = (pattern.to_token_stream(), borrowed(&pattern));
    reference_constants(&mut pattern);
    name_variants(&mut pattern, guard.as_ref());
    Arm { pattern: written, of_reference: pattern.into_token_stream(), guard, borrowed }
}

/// Puts a `&` before each alternative that may be a constant. A constant, unlike a variant, does not match through a reference, and as
/// paths they look alike. A name alone is a constant only if it is in capitals.
fn reference_constants(pattern: &mut Pat) {
    match pattern {
        Pat::Or(or) => or.cases.iter_mut().for_each(reference_constants),
        Pat::Paren(paren) => reference_constants(&mut paren.pat),
        Pat::Ident(PatIdent { subpat: Some((_, inner)), .. }) => reference_constants(inner),
        Pat::Ident(PatIdent { ident, .. }) if ident.to_string().contains(char::is_lowercase) => {}
        Pat::Ident(_) | Pat::Path(_) => *pattern = Pat::Verbatim(quote_spanned!(pattern.span()=> &#pattern)),
        _ => {}
    }
}

/// Adds a `{ .. }` to each name that can only be a variant's or a unit struct's. Without it, a misspelt name, or that of an enum, would be
/// a new variable, which matches everything. A name that the guard mentions is meant to be a variable.
fn name_variants(pattern: &mut Pat, guard: Option<&TokenStream>) {
    let inside = |pattern: &mut Pat| name_variants(pattern, guard);
    match pattern {
        Pat::Or(or) => or.cases.iter_mut().for_each(inside),
        Pat::Paren(paren) => inside(&mut paren.pat),
        Pat::Reference(reference) => inside(&mut reference.pat),
        Pat::Tuple(tuple) => tuple.elems.iter_mut().for_each(inside),
        Pat::TupleStruct(variant) => variant.elems.iter_mut().for_each(inside),
        Pat::Slice(slice) => slice.elems.iter_mut().for_each(inside),
        Pat::Struct(fields) => {
            let written = fields.fields.iter_mut().filter(|field| field.colon_token.is_some());
            written.for_each(|field| inside(&mut field.pat));
        }
        Pat::Ident(PatIdent { subpat: Some((_, inner)), .. }) => inside(inner),
        Pat::Ident(PatIdent { by_ref: None, mutability: None, ident, .. }) => {
            let name = ident.to_string();
            let is_of_variant = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
            if is_of_variant && !guard.is_some_and(|guard| mentions(guard, &name)) {
                *pattern = Pat::Verbatim(quote_spanned!(ident.span()=> #ident { .. }));
            }
        }
        _ => {}
    }
}

/// Whether a pattern is text or bytes, or has such an alternative.
fn borrowed(pattern: &Pat) -> Option<Borrowed> {
    match pattern {
        Pat::Lit(literal) => match literal.lit {
            Lit::Str(_) => Some(Borrowed::Text),
            Lit::ByteStr(_) => Some(Borrowed::Bytes),
            _ => None,
        },
        Pat::Or(or) => or.cases.iter().find_map(borrowed),
        Pat::Paren(paren) => borrowed(&paren.pat),
        Pat::Ident(name) => name.subpat.as_ref().and_then(|(_, inner)| borrowed(inner)),
        _ => None,
    }
}

/// `value if value.is_none()` for `|value| value.is_none()`
fn guarded(tokens: &TokenStream) -> Option<String> {
    let closure: ExprClosure = syn::parse2(tokens.clone()).ok()?;
    let pattern = match closure.inputs.first()? {
        Pat::Type(typed) => &*typed.pat,
        pattern => pattern,
    };
    let [pattern, guard] = [pattern.to_token_stream(), closure.body.to_token_stream()];
    let is_single = closure.inputs.len() == 1 && !matches!(*closure.body, Expr::Block(_));
    is_single.then(|| format!("{} if {}", spelled(&pattern), spelled(&guard)))
}

/// Whether this is a closure rather than a pattern: `|error| error.is_down()`, but not `| Down | Away`.
fn is_closure(tokens: &TokenStream) -> bool {
    let is_parameter = |pattern: &Pat| match pattern {
        Pat::Ident(name) => is_lowercase(&name.ident),
        Pat::Wild(_) | Pat::Type(_) => true,
        _ => false,
    };
    match syn::parse2(tokens.clone()) {
        Ok(Expr::Closure(closure)) => closure.inputs.iter().all(is_parameter),
        _ => false,
    }
}

/// Whether a name in a pattern is a new variable rather than a constant.
pub(crate) fn is_lowercase(name: &Ident) -> bool {
    name.to_string().starts_with(|first: char| first.is_lowercase() || first == '_')
}

/// Reads a pattern, which may have alternatives.
pub(crate) fn pattern(tokens: TokenStream) -> syn::Result<Pat> {
    Pat::parse_multi_with_leading_vert.parse2(tokens)
}
