//! The module of Fluxgate that expansions use.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::tokens::span_of;

/// The only module that expansions use.
pub(crate) struct Private {
    /// The path of Fluxgate, where `import` is.
    pub(crate) fluxgate: TokenStream,
    /// That of the module, from anywhere.
    pub(crate) path: TokenStream,
    /// An item that has to be where `name` is used.
    pub(crate) import: TokenStream,
    /// Its name in the code of an expansion.
    pub(crate) name: TokenStream,
}

impl Private {
    /// At the user's path of Fluxgate, if there is one. That may be wrong, and is imported, so that it is wrong once.
    pub(crate) fn of(fluxgate: Option<&TokenStream>) -> Self {
        let Some(fluxgate) = fluxgate else {
            let (fluxgate, path) = (quote!(::fluxgate), quote!(::fluxgate::__private));
            return Self { fluxgate, import: TokenStream::new(), name: path.clone(), path };
        };
        let span = span_of(fluxgate).map_or(Span::call_site(), |(_, last)| last);
        let path = quote_spanned!(span=> #fluxgate::__private);
        let import = quote_spanned!(span=> use #path as __fluxgate;);
        let name = quote!(__fluxgate);
        // By way of the import, so that a wrong path is not another error there.
        Self { fluxgate: quote!(#name::fluxgate), import, name, path }
    }
}
