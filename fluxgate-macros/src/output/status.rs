//! What `server_errors` asks of a result.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::tokens::{local, respan};
use crate::output::private::ModuleName;

/// Whether the server failed. `result` holds references, and `span` is that of the word.
pub(crate) fn server_failed(span: Span, result: &TokenStream, private: &ModuleName) -> TokenStream {
    let function = respan(quote!(#private::server_failed), span);
    let [value, error] = ["value", "error"].map(|subject| asked(span, &local(subject), private));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#result, #value, #error));
    arguments.set_span(span);
    quote!(#function #arguments)
}

/// A closure that asks a value or an error for its status, and the status whether the server failed. The compiler prefers a `status` of
/// the type itself, or of a user's trait, to ours, which is for types without a status.
fn asked(span: Span, subject: &Ident, private: &ModuleName) -> TokenStream {
    let inner = local("inner");
    // With the span of the word, where a status of the wrong type is reported.
    let status = Ident::new("__fluxgate_status", span);
    let [ask_for_it, ask_it] =
        [quote_spanned!(span=> .status()), quote_spanned!(span=> #status.is_server_error())];
    quote!(|#subject| {
        use #private::{FoundStatus as _, IsServerError as _, OneStatus as _, WithoutStatus as _};
        let #inner = #private::Inner::of(#subject).get(#subject);
        let #inner = #inner.map(|#inner| #private::Asked::of(#inner).get(#inner));
        #private::Found(#inner.and_then(|#inner| #private::Status(#inner #ask_for_it).get())).ask(|#status| #ask_it)
    })
}
