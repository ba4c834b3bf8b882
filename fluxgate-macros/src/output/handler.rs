//! `rejected` and `fallback`: what runs instead of a call, or after one that failed.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Expr;

use crate::input::arguments::{Argument, Arguments, spelled};
use crate::input::errors::{self, Errors, span_of};
use crate::input::source::{respan, text};
use crate::output::returns::Form;

/// The user's closure or path.
pub(crate) struct Handler {
    tokens: TokenStream,
    /// An `async` closure, whose future is awaited.
    pub(crate) is_async: bool,
}

impl Handler {
    /// Reads the argument with this name, if given, for a function of this form and name.
    pub(crate) fn read(
        arguments: &Arguments,
        name: &str,
        form: Form,
        function: &str,
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
        if let Some(message) = refusal(argument, peel(&expression), form, function) {
            errors.push(message);
        }
        Some(Self { tokens: argument.value.clone(), is_async })
    }

    /// A call of the handler, which is to return `output`.
    pub(crate) fn call(
        &self,
        private: &TokenStream,
        argument: &TokenStream,
        output: &TokenStream,
    ) -> TokenStream {
        let handler = &self.tokens;
        // Spanned so that type errors point at the handler.
        let span = span_of(handler).map_or(Span::call_site(), |(first, _)| first);
        let (handle, end) = (respan(quote!(#private::handle::<_,), span), quote_spanned!(span=> >));
        let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#argument, #handler));
        arguments.set_span(span);
        if self.is_async {
            quote!(#handle _ #end #arguments.await)
        } else {
            quote!(#handle #output #end #arguments)
        }
    }
}

fn peel(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => peel(&group.expr),
        Expr::Paren(paren) => peel(&paren.expr),
        _ => expression,
    }
}

fn refusal(argument: &Argument, expression: &Expr, form: Form, function: &str) -> Option<syn::Error> {
    let name = &argument.name;
    let in_async = matches!(form, Form::Async | Form::Boxed | Form::Future);
    let Expr::Closure(closure) = expression else {
        let written = instead(argument, expression, in_async)?;
        let what = format!("`{name}` takes a closure or the path of a function, and this is a value");
        return Some(errors::error(argument.span(), format!("{what}\nhelp: write `{name} = {written}`")));
    };
    let parameter = if name == "rejected" { "refusal" } else { "error" };
    match (&closure.asyncness, &*closure.body) {
        (Some(asyncness), _) if !in_async => Some(syn::Error::new(
            asyncness.span,
            format!(
                "`{name}` is `async`, but `{function}` is not: nobody would await it\n\
                 help: write `{name} = |{parameter}| ..`, or make `{function}` an `async fn`"
            ),
        )),
        (None, Expr::Async(block)) if in_async => Some(syn::Error::new(
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

/// The closure or path that was meant by an expression that cannot be either.
fn instead(argument: &Argument, expression: &Expr, in_async: bool) -> Option<String> {
    let written = spelled(&argument.value);
    if let Some(path) = text(&argument.value).filter(|text| syn::parse_str::<syn::Path>(text).is_ok()) {
        return Some(path);
    }
    match expression {
        Expr::Async(block) => {
            let body = spelled(&block.block.to_token_stream());
            Some(if in_async { format!("async |_| {body}") } else { format!("|_| {body}") })
        }
        expression if is_value(expression) => Some(format!("|_| {written}")),
        _ => None,
    }
}

/// Whether an expression cannot be called, as far as one can tell without types.
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
