//! `retry = from_error(PATH, otherwise = RETRY)`: a function that finds in an error for how long the dependency asks to be left alone, and
//! the retry of the breaker, which only knows what it is told.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::input::arguments::{Argument, Arguments};
use crate::input::callable::Callable;
use crate::input::errors::Errors;
use crate::input::source::spelled;
use crate::input::tokens::{is, is_assignment, respan, span_of, text, ungrouped, word};

/// What a `from_error` is made of.
struct Parts {
    function: TokenStream,
    /// The retry where the error says nothing.
    otherwise: Option<TokenStream>,
}

/// Takes the function out of `retry`, of which what is `otherwise` remains.
pub(crate) fn take(arguments: &mut Arguments, errors: &mut Errors) -> Option<Callable> {
    let argument = arguments.get("retry")?;
    let inside = inside(argument)?;
    let span = argument.span();
    let read = Parts::read(inside, span).and_then(|parts| {
        let function = Callable::parse(&parts.function).map_err(|_| {
            let what = "`from_error` takes the path of a function or a closure, from the error to an `Option<Duration>`";
            (span_of(&parts.function).unwrap_or(span), format!("{what}\nhelp: write `from_error(|error| ..)`"))
        })?;
        Ok((function, parts.otherwise))
    });
    let (function, otherwise) = match read {
        Ok((function, otherwise)) => (Some(function), otherwise),
        Err((span, message)) => {
            errors.report(span, message);
            (None, None)
        }
    };
    arguments.replace("retry", otherwise);
    function
}

/// What is in the parentheses of `from_error(..)`, bare or in a string.
fn inside(argument: &Argument) -> Option<TokenStream> {
    let value = ungrouped(argument.value.clone());
    let value = match text(&value) {
        Some(text) => respan(text.parse().ok()?, argument.span().0),
        None => value,
    };
    let trees: Vec<_> = value.into_iter().collect();
    match trees.as_slice() {
        [TokenTree::Ident(name)] if name == "from_error" => Some(TokenStream::new()),
        [TokenTree::Ident(name), TokenTree::Group(group)]
            if name == "from_error" && group.delimiter() == Delimiter::Parenthesis =>
        {
            Some(group.stream())
        }
        _ => None,
    }
}

/// What is wrong, and where.
type Objection = ((Span, Span), String);

impl Parts {
    fn read(inside: TokenStream, whole: (Span, Span)) -> Result<Self, Objection> {
        let trees: Vec<_> = inside.into_iter().collect();
        // Commas between the bars of a closure, or in the angle brackets of a path, are rare enough for parentheses.
        let mut pieces = trees.split(|tree| is(tree, ',')).filter(|piece| !piece.is_empty());
        let Some(function) = pieces.next().filter(|first| named(first).is_none()) else {
            let what = "`from_error` takes the path of a function, from the error to an `Option<Duration>`";
            let example = "from_error(ApiError::retry_after, otherwise = backoff(10s))";
            return Err((whole, format!("{what}\nhelp: write `{example}`, for example")));
        };
        let mut otherwise = None;
        for piece in pieces {
            let tokens: TokenStream = piece.iter().cloned().collect();
            let span = span_of(&tokens).unwrap_or(whole);
            let text = spelled(&tokens);
            otherwise = Some(match named(piece) {
                _ if otherwise.is_some() => {
                    let what = format!(
                        "`from_error` has its `otherwise` already, and nothing else beside it: `{text}`"
                    );
                    return Err((span, format!("{what}\nhelp: remove it")));
                }
                None => {
                    let what = format!("`{text}` needs a name");
                    return Err((span, format!("{what}\nhelp: write `otherwise = {text}`")));
                }
                Some((name, _)) if name != "otherwise" => {
                    let what = format!("`from_error` has no argument `{name}`");
                    let help = "it has `otherwise`: the retry where the error says nothing";
                    return Err((span, format!("{what}\nhelp: {help}")));
                }
                Some((_, value)) if spelled(&value).starts_with("from_error") => {
                    let what =
                        "`otherwise` is for where the error says nothing, so it is not `from_error` again";
                    return Err((span, format!("{what}\nhelp: write `otherwise = cooldown(60s)`")));
                }
                Some((_, value)) if spelled(&value) == "never" => {
                    let what = "with `never`, only a command ends a pause, whatever an error says";
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

/// `name = value`.
fn named(piece: &[TokenTree]) -> Option<(String, TokenStream)> {
    match piece {
        [name, sign, value @ ..]
            if is_assignment(sign) && !value.first().is_some_and(|next| is(next, '=')) =>
        {
            Some((word(name)?.to_string(), value.iter().cloned().collect()))
        }
        _ => None,
    }
}
