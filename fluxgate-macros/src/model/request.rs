//! `retry = from_error(PATH, otherwise = RETRY)`: a function that finds in an error how long the dependency asks to be left alone, and
//! the breaker's own retry. With `breaker`, it is `from_error(PATH)`.

use fluxgate_rules::vocabulary::{FROM_ERROR, means_from_error};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Token};

use crate::input::arguments::{Argument, Arguments};
use crate::input::callable::Callable;
use crate::input::errors::CompileErrors;
use crate::input::source::spelled;
use crate::input::tokens::{is, respan, span_of, text, ungrouped, word};

/// The parts of a `from_error`.
struct Parts {
    function: TokenStream,
    /// The retry where the error asks for nothing.
    otherwise: Option<TokenStream>,
}

/// Takes the function out of `retry`, and leaves what is `otherwise`.
///
/// Along with `breaker`, only the function is allowed: that breaker has its own retry, and what this function's errors ask for comes
/// before it.
pub(crate) fn take(arguments: &mut Arguments, errors: &mut CompileErrors) -> Option<Callable> {
    let argument = arguments.get("retry")?;
    let WrittenRequest { name, inside } = WrittenRequest::read(argument)?;
    let span = argument.span();
    let has_retry = arguments.get("breaker").is_some();
    let read = Parts::read(inside, span, has_retry).and_then(|parts| {
        let of_function = span_of(&parts.function).unwrap_or(span);
        let wrong = |what: &str| {
            (
                of_function,
                format!("{what}\nhelp: write `from_error(|error| ..)`, which returns an `Option<Duration>`"),
            )
        };
        let function = Callable::parse_sync(&parts.function);
        let function = function.map_err(|uncallable| wrong(&uncallable.what("from_error", "the error")))?;
        Ok((function, parts.otherwise))
    });
    let spelling = report_spelling(&name, errors);
    let (function, otherwise) = match read {
        Ok((function, otherwise)) => (Some(function), otherwise),
        Err((span, message)) => {
            errors.report(span, message);
            (None, None)
        }
    };
    arguments.replace("retry", otherwise);
    function.filter(|_| spelling.is_ok())
}

/// `from_error(..)`, as it is written.
struct WrittenRequest {
    /// The word, with the path before it.
    name: TokenStream,
    /// What is in the parentheses.
    inside: TokenStream,
}

impl WrittenRequest {
    /// Finds a `from_error`, bare or in a string, if the value looks like one.
    fn read(argument: &Argument) -> Option<Self> {
        let value = ungrouped(argument.value.clone());
        let value = match text(&value) {
            Some(text) => respan(text.parse().ok()?, argument.span().0),
            None => value,
        };
        let mut name: Vec<_> = value.into_iter().collect();
        let inside = match name.pop_if(|last| matches!(last, TokenTree::Group(_))) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => group.stream(),
            None => TokenStream::new(),
            Some(_) => return None,
        };
        let is_path = name.iter().all(|tree| word(tree).is_some() || is(tree, ':'));
        let is_meant = name.last().and_then(word).is_some_and(|last| means_from_error(&last.to_string()));
        (is_path && is_meant).then(|| Self { name: name.into_iter().collect(), inside })
    }
}

/// Reports a misspelt `from_error`.
fn report_spelling(name: &TokenStream, errors: &mut CompileErrors) -> Result<(), ()> {
    let written = spelled(name);
    let message = if written == FROM_ERROR {
        return Ok(());
    } else if written.contains("::") {
        format!("a retry is written without a path\nhelp: write `{FROM_ERROR}`")
    } else {
        format!("unknown retry `{written}`; did you mean `{FROM_ERROR}`?")
    };
    let span = span_of(name).unwrap_or((Span::call_site(), Span::call_site()));
    errors.report(span, message);
    Err(())
}

/// What is wrong, and where.
type Objection = ((Span, Span), String);

impl Parts {
    fn read(inside: TokenStream, whole: (Span, Span), has_retry: bool) -> Result<Self, Objection> {
        let trees: Vec<_> = inside.clone().into_iter().collect();
        // Within an expression, commas need not separate: `f::<A, B>`.
        let first = expression_before_comma.parse2(inside).ok();
        let first = first.or_else(|| trees.iter().position(|tree| is(tree, ',')));
        let (function, rest) = trees.split_at(first.unwrap_or(trees.len()));
        let pieces = rest.split(|tree| is(tree, ',')).filter(|piece| !piece.is_empty());
        if function.is_empty() || named(function).is_some() {
            let what = "`from_error` takes the path of a function, from the error to an `Option<Duration>`";
            let otherwise = if has_retry { "" } else { ", otherwise = backoff(10s)" };
            let example = format!("from_error(ApiError::retry_after{otherwise})");
            return Err((whole, format!("{what}\nhelp: write `{example}`, for example")));
        }
        let mut otherwise = None;
        for piece in pieces {
            let tokens: TokenStream = piece.iter().cloned().collect();
            let span = span_of(&tokens).unwrap_or(whole);
            let text = spelled(&tokens);
            otherwise = Some(match named(piece) {
                _ if otherwise.is_some() => {
                    let what =
                        format!("`from_error` has its `otherwise` already, and takes nothing else: `{text}`");
                    return Err((span, format!("{what}\nhelp: remove it")));
                }
                _ if has_retry => {
                    let what = "along with `breaker`, `from_error` takes only the function: that breaker is already \
                                made, and has its own retry";
                    let right = spelled(&function.iter().cloned().collect());
                    return Err((span, format!("{what}\nhelp: write `from_error({right})`")));
                }
                None => {
                    let what = format!("`{text}` needs a name");
                    return Err((span, format!("{what}\nhelp: write `otherwise = {text}`")));
                }
                Some((name, _)) if name != "otherwise" => {
                    let what = format!("`from_error` has no argument `{name}`");
                    let help = "it has `otherwise`: the retry if the error asks for nothing";
                    return Err((span, format!("{what}\nhelp: {help}")));
                }
                Some((_, value)) if spelled(&value).starts_with("from_error") => {
                    let what =
                        "`otherwise` is for errors that ask for nothing, so it cannot be `from_error` again";
                    return Err((span, format!("{what}\nhelp: write `otherwise = cooldown(60s)`")));
                }
                Some((_, value)) if spelled(&value) == "never" => {
                    let what = "with `never`, only a command ends a pause, whatever an error asks for";
                    return Err((
                        span,
                        format!("{what}\nhelp: write `otherwise = cooldown(60s)`, or `retry = never` alone"),
                    ));
                }
                Some((_, value)) => value,
            });
        }
        Ok(Self { function: function.iter().cloned().collect(), otherwise })
    }
}

/// How many trees the first expression takes, which a comma or the end has to follow.
fn expression_before_comma(input: ParseStream<'_>) -> syn::Result<usize> {
    let whole: TokenStream = input.fork().parse()?;
    input.parse::<Expr>()?;
    let rest: TokenStream = input.fork().parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
        input.parse::<TokenStream>()?;
    }
    Ok(whole.into_iter().count() - rest.into_iter().count())
}

/// `name = value`.
fn named(piece: &[TokenTree]) -> Option<(String, TokenStream)> {
    match piece {
        [name, sign, value @ ..] if is(sign, '=') && !value.first().is_some_and(|next| is(next, '=')) => {
            Some((word(name)?.to_string(), value.iter().cloned().collect()))
        }
        _ => None,
    }
}
