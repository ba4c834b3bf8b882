//! The attribute `#[circuit_breaker]` and the macro `breaker!` of Fluxgate.
#![forbid(unsafe_code)]

mod input;
mod output;
#[cfg(test)]
mod tests;
mod track;

use proc_macro::TokenStream;

use output::expand;

// The documentation is in `fluxgate`, where its examples can run.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn circuit_breaker(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(arguments.into(), &item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro]
pub fn breaker(arguments: TokenStream) -> TokenStream {
    expand::breaker(arguments.into()).into()
}
