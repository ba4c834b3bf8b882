//! `rejected` and `fallback`: what runs instead of a call, or after one that failed.

use syn::{Expr, ExprClosure};

use crate::input::arguments::Arguments;
use crate::input::callable::{Callable, ReturnValue, Uncallable, ValueKind};
use crate::input::errors::CompileErrors;
use crate::input::function::Function;
use crate::input::returns::{Form, Returns};

/// Reads the argument with this name, if given, for this function.
pub(crate) fn read(
    arguments: &Arguments,
    name: &str,
    function: Option<&Function>,
    errors: &mut CompileErrors,
) -> Option<Callable> {
    let argument = arguments.get(name)?;
    let parameter = if name == "rejected" { "refusal" } else { "error" };
    let uncallable = match Callable::parse(&argument.value) {
        Ok(callable) => {
            if let (Some(function), Some(closure)) = (function, &callable.closure)
                && let Some(objection) = misses_await(name, parameter, closure, function)
            {
                errors.push(objection);
            }
            return Some(callable);
        }
        Err(uncallable) => uncallable,
    };
    let what = uncallable.what(name, &format!("the {parameter}"));
    let meant = match uncallable {
        Uncallable::Quoted(meant) | Uncallable::WithoutParameter(meant) => meant,
        Uncallable::Value(value) => returning(&value, parameter, function),
        Uncallable::Broken | Uncallable::WithSeveral | Uncallable::Async => format!("|{parameter}| .."),
    };
    errors.report(argument.span(), format!("{what}\nhelp: write `{name} = {meant}`"));
    None
}

/// A closure that returns this value, of the kind that the value suggests.
fn returning(value: &ReturnValue, parameter: &str, function: Option<&Function>) -> String {
    let returns = function.map(|function| &function.returns);
    let is_awaited = returns.is_none_or(|returns| returns.form != Form::Sync);
    let keyword = if value.is_async && is_awaited { "async " } else { "" };
    let spelled = &value.spelled;
    let is_result = returns.is_some_and(Returns::is_spelled_result);
    let is_refusal = parameter == "refusal";
    match value.kind {
        ValueKind::Error if is_result => format!("{keyword}|_| Err({spelled})"),
        ValueKind::Text if is_result => {
            let (variant, place) = if is_refusal { ("Err", 1) } else { ("Ok", 0) };
            let text = returns.and_then(|returns| returns.made_of_text(place, spelled));
            format!("{keyword}|_| {variant}({})", text.as_deref().unwrap_or(".."))
        }
        ValueKind::Plain if is_result => format!("{keyword}|_| Ok({spelled})"),
        ValueKind::Nothing if returns.is_none_or(|returns| !returns.is_nothing()) => {
            let result = if is_result && !is_refusal { "Err(error)" } else { ".." };
            let statements = spelled.strip_prefix('{').and_then(|inside| inside.strip_suffix('}'));
            let statements = statements.unwrap_or(spelled).trim().trim_end_matches(';');
            format!("{keyword}|{parameter}| {{ {statements}; {result} }}")
        }
        _ => format!("{keyword}|_| {spelled}"),
    }
}

/// The objection to a closure whose future nobody would await.
fn misses_await(
    name: &str,
    parameter: &str,
    closure: &ExprClosure,
    function: &Function,
) -> Option<syn::Error> {
    let is_awaited = function.returns.form != Form::Sync;
    let of = function.name();
    let (span, what, help) = match (&closure.asyncness, &*closure.body) {
        (Some(asyncness), _) if !is_awaited => (
            asyncness.span,
            format!("`{name}` is `async`, but `{of}` is not: nothing would await it"),
            format!("write `{name} = |{parameter}| ..`, or make `{of}` an `async fn`"),
        ),
        (None, Expr::Async(block)) if is_awaited => (
            block.async_token.span,
            format!("`{name}` returns a future, and only that of an `async` closure is awaited"),
            format!("write `{name} = async |{parameter}| ..`"),
        ),
        (None, Expr::Async(block)) => (
            block.async_token.span,
            format!("`{name}` returns a future, but `{of}` is not `async`: nothing would await it"),
            format!("write `{name} = |{parameter}| ..`, or make `{of}` an `async fn`"),
        ),
        _ => return None,
    };
    let help = if is_awaited { None } else { function.help_if_async_was_removed() }
        .unwrap_or_else(|| format!("help: {help}"));
    Some(syn::Error::new(span, format!("{what}\n{help}")))
}
