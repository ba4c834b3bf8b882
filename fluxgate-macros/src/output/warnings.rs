//! Warnings -> tokens that make the compiler give them.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::warnings::Warning;

/// Statements that do nothing but warn. On stable Rust, a macro can only warn by using something
/// deprecated. So `#[allow(deprecated)]` silences it.
pub(crate) fn warnings(warnings: &[Warning]) -> TokenStream {
    warnings.iter().map(warning).collect()
}

fn warning(Warning { span: (first, last), message }: &Warning) -> TokenStream {
    let name = Ident::new("fluxgate_warning", *first);
    let mut nothing = Group::new(Delimiter::Parenthesis, TokenStream::new());
    nothing.set_span(*last);
    let used = quote_spanned!(*last=> !#nothing;);
    quote!({
        #[deprecated(note = #message)]
        macro_rules! fluxgate_warning {
            () => {};
        }
        #name #used
    })
}
