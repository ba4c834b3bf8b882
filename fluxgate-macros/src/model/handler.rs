//! `rejected` and `fallback`: what runs instead of a call, or after one that failed.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::Expr;

use crate::input::arguments::{Argument, Arguments};
use crate::input::errors::{self, Errors};
use crate::input::function::Function;
use crate::input::returns::Form;
use crate::input::source::spelled;
use crate::input::tokens::{mentions, text};

/// The user's closure or path.
pub(crate) struct Handler {
    pub(crate) tokens: TokenStream,
    /// An `async` closure, whose future is awaited.
    pub(crate) is_async: bool,
}

impl Handler {
    /// Reads the argument with this name, if given, for this function.
    pub(crate) fn read(
        arguments: &Arguments,
        name: &str,
        function: Option<&Function>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let argument = arguments.get(name)?;
        let Ok(expression) = syn::parse2::<Expr>(argument.value.clone()) else {
            let example = if name == "rejected" { "|refusal| .." } else { "|error| .." };
            let message = format!(
                "`{name}` takes a closure or the path of a function\nhelp: write `{name} = {example}`"
            );
            errors.report(argument.span(), message);
            return None;
        };
        let is_async = matches!(peel(&expression), Expr::Closure(closure) if closure.asyncness.is_some());
        let is_awaited = function.is_none_or(|function| function.returns.form != Form::Sync);
        let name = function.map_or_else(String::new, Function::name);
        if let Some(objection) = objection(argument, peel(&expression), &name, is_awaited) {
            let objection = match function {
                Some(function) if !is_awaited && blocks(function) => below_a_runtime(&objection, &name),
                _ => objection,
            };
            errors.push(objection);
        }
        Some(Self { tokens: argument.value.clone(), is_async })
    }
}

/// Whether another attribute has made this of an `async fn`: `#[tokio::main]`, `#[tokio::test]` and their like.
fn blocks(function: &Function) -> bool {
    mentions(&function.block.stream(), "block_on")
}

fn below_a_runtime(objection: &syn::Error, function: &str) -> syn::Error {
    let message = objection.to_string();
    let what = message.lines().next().unwrap_or_default();
    let help = format!(
        "an attribute above this one seems to have removed `async` from `{function}`\n\
         help: put `#[circuit_breaker]` above that attribute"
    );
    syn::Error::new(objection.span(), format!("{what}\n{help}"))
}

/// Removes parentheses and the invisible groups of `macro_rules!`.
fn peel(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => peel(&group.expr),
        Expr::Paren(paren) => peel(&paren.expr),
        _ => expression,
    }
}

/// Why an expression cannot be a handler, as far as that can be told without types.
fn objection(argument: &Argument, expression: &Expr, function: &str, is_awaited: bool) -> Option<syn::Error> {
    let name = &argument.name;
    let Expr::Closure(closure) = expression else {
        let written = instead(argument, expression, is_awaited)?;
        let what = format!("`{name}` takes a closure or the path of a function, and this is a value");
        return Some(errors::error(argument.span(), format!("{what}\nhelp: write `{name} = {written}`")));
    };
    let parameter = if name == "rejected" { "refusal" } else { "error" };
    match (&closure.asyncness, &*closure.body) {
        (Some(asyncness), _) if !is_awaited => Some(syn::Error::new(
            asyncness.span,
            format!(
                "`{name}` is `async`, but `{function}` is not: nobody would await it\n\
                 help: write `{name} = |{parameter}| ..`, or make `{function}` an `async fn`"
            ),
        )),
        (None, Expr::Async(block)) if is_awaited => Some(syn::Error::new(
            block.async_token.span,
            format!(
                "`{name}` returns a future, and only that of an `async` closure is awaited\n\
                 help: write `{name} = async |{parameter}| ..`"
            ),
        )),
        (None, Expr::Async(block)) => Some(errors::error(
            (block.async_token.span, block.async_token.span),
            format!(
                "`{name}` returns a future, but `{function}` is not `async`: nobody would await it\n\
                 help: write `{name} = |{parameter}| ..`, or make `{function}` an `async fn`"
            ),
        )),
        _ => None,
    }
}

/// The closure or path that was probably meant by an expression that is neither.
fn instead(argument: &Argument, expression: &Expr, is_awaited: bool) -> Option<String> {
    let written = spelled(&argument.value);
    if let Some(path) = text(&argument.value).filter(|text| syn::parse_str::<syn::Path>(text).is_ok()) {
        return Some(path);
    }
    match expression {
        Expr::Async(block) => {
            let body = spelled(&block.block.to_token_stream());
            Some(if is_awaited { format!("async |_| {body}") } else { format!("|_| {body}") })
        }
        expression if is_value(expression) => Some(format!("|_| {written}")),
        _ => None,
    }
}

/// Whether an expression cannot be called, as far as that can be told without types.
fn is_value(expression: &Expr) -> bool {
    match peel(expression) {
        Expr::Lit(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) | Expr::Return(_) => true,
        Expr::Call(call) => match peel(&call.func) {
            Expr::Path(path) => {
                let last = path.path.segments.last();
                last.is_some_and(|last| ["Ok", "Err", "Some"].iter().any(|variant| last.ident == variant))
            }
            _ => false,
        },
        Expr::Path(path) => path.path.is_ident("None"),
        Expr::Block(block) => match block.block.stmts.last() {
            Some(syn::Stmt::Expr(last, None)) => is_value(last),
            _ => false,
        },
        _ => false,
    }
}
