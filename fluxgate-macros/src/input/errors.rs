//! The errors of one use of a macro, reported together.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Errors so far.
#[derive(Default)]
pub(crate) struct CompileErrors {
    all: Option<syn::Error>,
    #[cfg(test)]
    corrections: Vec<Correction>,
}

/// A change of the source text that fixes an error. The compiler only gets the message; the tests make the change.
#[cfg(test)]
pub(crate) struct Correction {
    /// The first and the last token that are replaced.
    pub(crate) span: (Span, Span),
    /// What to write instead; empty if they are to be removed.
    pub(crate) replacement: String,
}

impl CompileErrors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.all {
            Some(errors) => errors.combine(error),
            None => self.all = Some(error),
        }
    }

    /// Adds the change that fixes the last error.
    #[cfg(test)]
    pub(crate) fn push_correction(&mut self, correction: Correction) {
        self.corrections.push(correction);
    }

    /// Adds an error that underlines everything from one span to another.
    pub(crate) fn report(&mut self, (from, to): (Span, Span), message: impl std::fmt::Display) {
        self.push(error((from, to), message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_none()
    }

    /// The tokens that make the compiler report the errors.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.all.as_ref().map(syn::Error::to_compile_error).unwrap_or_default()
    }

    /// The errors in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn all(&self) -> Vec<syn::Error> {
        self.all.iter().flat_map(Clone::clone).collect()
    }

    /// The first change that fixes an error.
    #[cfg(test)]
    pub(crate) fn first_correction(&self) -> Option<&Correction> {
        self.corrections.first()
    }
}

/// An error that underlines everything from one span to another. Stable Rust cannot join spans, but it underlines everything
/// between the first and the last token of an error.
pub(crate) fn error((from, to): (Span, Span), message: impl std::fmt::Display) -> syn::Error {
    let (first, last) = (Ident::new("from", from), Ident::new("to", to));
    syn::Error::new_spanned(quote!(#first #last), message)
}
