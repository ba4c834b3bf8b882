//! The output of a function -> calls that depend on its type.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::returns::{GenericError, Returns};
use crate::input::tokens::{local, respan};

/// `<Output as Trait>::method(argument)`, spanned so that a wrong type is blamed.
pub(crate) fn call(returns: &Returns, of: &TokenStream, method: &str, argument: &TokenStream) -> TokenStream {
    let (first, last) = returns.span;
    let output = &returns.output;
    let method = Ident::new(method, last);
    let open = quote_spanned!(first=> <);
    let of = respan(quote!(as #of>::), last);
    let argument = parenthesized(returns, argument);
    quote!(#open #output #of #method #argument)
}

/// The function that makes a refusal an error, spanned so that a type without one is blamed.
pub(crate) fn become_error(returns: &Returns, private: &TokenStream) -> TokenStream {
    conversion(returns, private, &quote!(CallNotPermitted), &quote!(Becomes), "become_error")
}

/// The same for a time-out.
pub(crate) fn timed_out_error(returns: &Returns, private: &TokenStream) -> TokenStream {
    conversion(returns, private, &quote!(TimedOut), &quote!(Expires), "expire")
}

fn conversion(
    returns: &Returns,
    private: &TokenStream,
    from: &TokenStream,
    by: &TokenStream,
    method: &str,
) -> TokenStream {
    if let Some(GenericError { tokens, span: (first, last) }) = &returns.generic_error {
        // The compiler says itself which bound is missing. In a closure, it says so once.
        let refusal = local("refusal");
        let open = quote_spanned!(*first=> <);
        let from = respan(quote!(as ::core::convert::From<#private::#from>>::from), *last);
        return quote!(|#refusal| #open #tokens #from(#refusal));
    }
    let (first, last) = returns.span;
    let open = respan(quote!(<#private::), first);
    let method = Ident::new(method, last);
    let method = respan(quote!(#from as #private::#by<_, _>>::#method), last);
    quote!(#open #method)
}

/// A warning, if the return type turns out to be a boxed future by another name.
pub(crate) fn alias(returns: &Returns, private: &TokenStream) -> Option<TokenStream> {
    let Returns { declared, span: (first, _), .. } = returns;
    let is_spelled_out = Ident::new("is_spelled_out", *first);
    returns.is_alias.then(|| quote!(#private::Alias::<#declared>::OF.#is_spelled_out();))
}

fn parenthesized(returns: &Returns, argument: &TokenStream) -> Group {
    let mut argument = Group::new(Delimiter::Parenthesis, argument.clone());
    argument.set_span(returns.span.1);
    argument
}
