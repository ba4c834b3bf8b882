//! `rejected` and `fallback`: what runs instead of a call, or after one that failed.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use crate::arguments::{Argument, Arguments};
use crate::errors::{self, Errors, span_of};
use crate::language::respan;
use crate::returns::Form;

/// A closure of the user's, or a path.
pub(crate) struct Handler {
    tokens: TokenStream,
    /// An `async` closure, whose future is awaited.
    pub(crate) is_async: bool,
}

impl Handler {
    /// Reads the argument of this name, if it is given, for a function of this form and name.
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
            let message =
                format!("`{name}` is a closure or the path of a function\nhelp: write `{name} = {example}`");
            errors.report(argument.span(), message);
            return None;
        };
        let is_async = matches!(peel(&expression), Expr::Closure(closure) if closure.asyncness.is_some());
        if let Some(message) = refusal(argument, peel(&expression), form, function) {
            errors.push(message);
        }
        Some(Self { tokens: argument.value.clone(), is_async })
    }

    /// Calls it. `output` is what it is to give.
    pub(crate) fn call(
        &self,
        private: &TokenStream,
        argument: &TokenStream,
        output: &TokenStream,
    ) -> TokenStream {
        let handler = &self.tokens;
        // Blamed on the handler where that is wrong.
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
    let Expr::Closure(closure) = expression else { return None };
    let parameter = if name == "rejected" { "refusal" } else { "error" };
    let in_async = matches!(form, Form::Async | Form::Boxed | Form::Future);
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
