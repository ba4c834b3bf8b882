//! Handlers -> calls of them.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::tokens::{respan, span_of};
use crate::model::handler::Handler;

/// A call of the handler, which is to return `output`.
pub(crate) fn call(
    handler: &Handler,
    argument: &TokenStream,
    output: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let Handler { tokens, is_async } = handler;
    // Spanned so that type errors point at the handler.
    let span = span_of(tokens).map_or(Span::call_site(), |(first, _)| first);
    let (handle, end) = (respan(quote!(#private::handle::<_,), span), quote_spanned!(span=> >));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#argument, #tokens));
    arguments.set_span(span);
    if *is_async { quote!(#handle _ #end #arguments.await) } else { quote!(#handle #output #end #arguments) }
}
