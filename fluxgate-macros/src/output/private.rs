//! The module of Fluxgate that expansions use.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::input::tokens::span_of;

/// The only module that expansions use.
pub(crate) struct Private {
    /// The path of Fluxgate, for the place of `import`.
    pub(crate) fluxgate: TokenStream,
    /// The path of the module, from anywhere.
    pub(crate) path: TokenStream,
    /// An item that has to be in scope where `name` is used.
    pub(crate) import: TokenStream,
    /// Its name in the code of an expansion.
    pub(crate) name: ModuleName,
}

/// The module's name. As single tokens, since it is written again and again, and each stream would have to be joined by the compiler.
pub(crate) struct ModuleName(Vec<TokenTree>);

impl ModuleName {
    fn new(tokens: TokenStream) -> Self {
        Self(tokens.into_iter().collect())
    }

    /// The same, with the span to blame.
    pub(crate) fn at(&self, span: Span) -> Self {
        let mut name = self.0.clone();
        for tree in &mut name {
            tree.set_span(span);
        }
        Self(name)
    }
}

impl ToTokens for ModuleName {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().cloned());
    }
}

impl Private {
    /// At the user's path of Fluxgate, if there is one. It is imported, so that a wrong path is reported once.
    pub(crate) fn of(fluxgate: Option<&TokenStream>) -> Self {
        let Some(fluxgate) = fluxgate else {
            let (fluxgate, path) = (quote!(::fluxgate), quote!(::fluxgate::__private));
            return Self { fluxgate, import: TokenStream::new(), name: ModuleName::new(path.clone()), path };
        };
        let span = span_of(fluxgate).map_or(Span::call_site(), |(_, last)| last);
        let path = quote_spanned!(span=> #fluxgate::__private);
        let import = quote_spanned!(span=> use #path as __fluxgate;);
        let name = ModuleName::new(quote!(__fluxgate));
        // Through the import, so that a wrong path is not another error there.
        Self { fluxgate: quote!(#name::fluxgate), import, name, path }
    }
}
