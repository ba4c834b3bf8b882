//! The errors of one use of a macro, reported together.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Errors so far.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds an error that underlines everything from one span to another.
    pub(crate) fn report(&mut self, (from, to): (Span, Span), message: impl std::fmt::Display) {
        self.push(error((from, to), message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The tokens that make the compiler report the errors.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.0.as_ref().map(syn::Error::to_compile_error).unwrap_or_default()
    }

    /// The errors in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn all(&self) -> Vec<syn::Error> {
        self.0.iter().flat_map(Clone::clone).collect()
    }
}

/// An error that underlines everything from one span to another. Stable Rust cannot join spans, but it underlines everything
/// between the first and the last token of an error.
pub(crate) fn error((from, to): (Span, Span), message: impl std::fmt::Display) -> syn::Error {
    let (first, last) = (Ident::new("from", from), Ident::new("to", to));
    syn::Error::new_spanned(quote!(#first #last), message)
}
