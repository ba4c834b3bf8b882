//! Handlers -> calls of them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::tokens::{respan, span_of};
use crate::model::handler::Handler;

/// A call of `rejected`, which is to return `output`.
pub(crate) fn rejected(
    handler: &Handler,
    refusal: &Ident,
    output: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    call(handler, quote!(#private::IntoError::into_error::<), refusal, output)
}

/// A call of `fallback`, which is to return `output`.
pub(crate) fn fallback(
    handler: &Handler,
    error: &Ident,
    output: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    call(handler, quote!(#private::handle::<_,), error, output)
}

/// A call of `function`, which passes the argument to the handler. Spanned so that type errors point at the handler.
fn call(handler: &Handler, function: TokenStream, argument: &Ident, output: &TokenStream) -> TokenStream {
    let Handler { tokens, is_async } = handler;
    let span = span_of(tokens).map_or(Span::call_site(), |(first, _)| first);
    let (function, end) = (respan(function, span), quote_spanned!(span=> >));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#argument, #tokens));
    arguments.set_span(span);
    if *is_async {
        quote!(#function _ #end #arguments.await)
    } else {
        quote!(#function #output #end #arguments)
    }
}
