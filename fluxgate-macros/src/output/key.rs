//! A `key` -> the family of a function's breakers, and an expression for the breaker of a call.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::Expr;

use crate::input::tokens::{respan, span_of};
use crate::model::key::Key;
use crate::model::settings::Settings;
use crate::output::private::ModuleName;
use crate::output::settings;

/// The family around the breaker `__FLUXGATE_BREAKER`, which `root` makes.
pub(crate) fn family(root: &TokenStream, its: &Settings, private: &ModuleName) -> TokenStream {
    let value = |value: Option<&_>, default| value.map_or(default, |value| settings::value(value, private));
    let max_keys = value(its.max_keys.as_ref(), quote!(#private::DEFAULT_KEYS));
    let key_idle = value(its.key_idle.as_ref(), quote!(#private::DEFAULT_IDLE));
    quote!(
        #root
        static __FLUXGATE_FAMILY: #private::Family =
            #private::Family::new(&__FLUXGATE_BREAKER.breaker, #max_keys, #key_idle);
    )
}

/// The breaker in a `handle` for the key.
pub(crate) fn in_handle(handle: &TokenStream, key: &Key, private: &ModuleName) -> TokenStream {
    let (subject, span) = subject(key);
    let found = respan(quote!(#private::breaker_of_handle), span);
    let arguments = parenthesized(quote!(&#handle, #subject), span);
    quote!({
        use #private::Subject as _;
        #found #arguments
    })
}

/// The breaker in a `family` that only this function knows.
pub(crate) fn in_family(family: &TokenStream, key: &Key, private: &ModuleName) -> TokenStream {
    let (subject, span) = subject(key);
    let (unnamed, lent) = (respan(quote!(#private::Unnamed), span), respan(quote!(.__fluxgate_lent()), span));
    let subject = parenthesized(subject, span);
    let found = respan(quote!(#private::breaker_of_key), span);
    let arguments = parenthesized(quote!({ #family &__FLUXGATE_FAMILY }, #unnamed #subject #lent), span);
    quote!({
        use #private::{Subject as _, Whole as _};
        #found #arguments
    })
}

/// A reference to what is hashed, and where the key is written. All borrows for that end before the body begins.
///
/// All of it has the key's span, so that errors about the key are reported there.
fn subject(key: &Key) -> (TokenStream, Span) {
    let subject = key.subject.to_token_stream();
    let (first, last) = span_of(&subject).unwrap_or((Span::call_site(), Span::call_site()));
    let borrow = respan(quote!(.__fluxgate_subject()), last);
    let subject = if binds_like_a_call(&key.subject) { subject } else { parenthesized(subject, first) };
    (quote!(#subject #borrow), first)
}

/// Whether a method may be called on it without parentheses.
const fn binds_like_a_call(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Path(_)
            | Expr::Field(_)
            | Expr::MethodCall(_)
            | Expr::Call(_)
            | Expr::Paren(_)
            | Expr::Group(_)
    )
}

fn parenthesized(tokens: TokenStream, span: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(span);
    TokenTree::Group(group).into()
}
