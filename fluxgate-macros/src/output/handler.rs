//! Handlers -> calls of them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::callable::Callable;
use crate::input::returns::Returns;
use crate::input::tokens::{respan, span_of};
use crate::output::private::ModuleName;
use crate::output::returns;

/// A call of `rejected`, which has to return what the function does.
pub(crate) fn rejected(
    handler: &Callable,
    refusal: &Ident,
    returns: &Returns,
    private: &ModuleName,
) -> TokenStream {
    if handler.closure.is_some() {
        return call(handler, quote!(#private::reject), refusal, returns, private);
    }
    let function = of_refusal(handler, returns, private);
    quote!(#private::IntoError::into_error(#refusal, #function))
}

/// A function from a refusal: `rejected`, which has to return what the function does. Since a future may hold it, it borrows nothing.
pub(crate) fn of_refusal(handler: &Callable, returns: &Returns, private: &ModuleName) -> TokenStream {
    if handler.closure.is_some() {
        return handler.with_types_inside(&quote!(#private::Output::new()), private);
    }
    named(handler, quote!(#private::Rejected), "by", &handler.tokens, returns, private)
}

/// A call of `fallback`, which has to return what the function does.
pub(crate) fn fallback(
    handler: &Callable,
    error: &Ident,
    returns: &Returns,
    private: &ModuleName,
) -> TokenStream {
    if handler.closure.is_some() {
        call(handler, quote!(#private::handle), error, returns, private)
    } else {
        let tokens = &handler.tokens;
        named(handler, quote!(#private::Fallback), "handle", &quote!(#error, #tokens), returns, private)
    }
}

/// A call of `function`, which passes the argument to a closure. Spanned so that type errors point at the closure.
fn call(
    closure: &Callable,
    function: TokenStream,
    argument: &Ident,
    returns: &Returns,
    private: &ModuleName,
) -> TokenStream {
    let (span, _) = spans(closure);
    let function = respan(function, span);
    let output = returns::witness(returns, private);
    let tokens = closure.with_types_inside(&output, private);
    let output = if closure.is_async() { quote!(#private::Output::new()) } else { output };
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#output, #argument, #tokens));
    arguments.set_span(span);
    let awaited = closure.is_async().then(|| quote!(.await));
    quote!(#function #arguments #awaited)
}

/// A call through a trait, whose message says in our words that the user's code is not a function of the right type. Spanned as all of
/// that code, so that the call itself is not mentioned.
fn named(
    handler: &Callable,
    of: TokenStream,
    method: &str,
    arguments: &TokenStream,
    returns: &Returns,
    private: &ModuleName,
) -> TokenStream {
    let (first, last) = spans(handler);
    let method = Ident::new(method, last);
    let (of, method) = (respan(of, first), quote_spanned!(last=> ::#method));
    let output = returns::witness(returns, private);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#output, #arguments));
    arguments.set_span(last);
    quote!(#of #method #arguments)
}

fn spans(function: &Callable) -> (Span, Span) {
    span_of(&function.tokens).unwrap_or((Span::call_site(), Span::call_site()))
}
