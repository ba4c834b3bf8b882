//! Handlers -> calls of them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::callable::Callable;
use crate::input::tokens::{local, respan, span_of};

/// A call of `rejected`, which is to return `output`.
pub(crate) fn rejected(
    handler: &Callable,
    refusal: &Ident,
    output: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let into_error = quote!(#private::IntoError::into_error::<);
    if handler.closure.is_some() {
        return call(handler, into_error, refusal, output, private);
    }
    let told = local("told");
    let called = named(handler, quote!(#private::Rejected::<_,), &told, output);
    quote!(#into_error #output>(#refusal, |#told| #called))
}

/// A call of `fallback`, which is to return `output`.
pub(crate) fn fallback(
    handler: &Callable,
    error: &Ident,
    output: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    if handler.closure.is_some() {
        call(handler, quote!(#private::handle::<_,), error, output, private)
    } else {
        named(handler, quote!(#private::Fallback::<_,), error, output)
    }
}

/// A call of `function`, which passes the argument to a closure. Spanned so that type errors point at the closure.
fn call(
    closure: &Callable,
    function: TokenStream,
    argument: &Ident,
    output: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let (span, _) = spans(closure);
    let (function, end) = (respan(function, span), quote_spanned!(span=> >));
    let tokens = closure.with_types_inside(output, private);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#argument, #tokens));
    arguments.set_span(span);
    if closure.is_async() {
        quote!(#function _ #end #arguments.await)
    } else {
        quote!(#function #output #end #arguments)
    }
}

/// A call by way of a trait, which says in our words that what the user wrote is not a function of the right type. Spanned as all of
/// that, so that the call itself is not mentioned.
fn named(handler: &Callable, of: TokenStream, argument: &Ident, output: &TokenStream) -> TokenStream {
    let (first, last) = spans(handler);
    let (of, handle) = (respan(of, first), quote_spanned!(last=> , _>::handle));
    let tokens = &handler.tokens;
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#argument, #tokens));
    arguments.set_span(last);
    quote!(#of #output #handle #arguments)
}

fn spans(function: &Callable) -> (Span, Span) {
    span_of(&function.tokens).unwrap_or((Span::call_site(), Span::call_site()))
}
