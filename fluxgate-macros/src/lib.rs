//! The attribute `#[circuit_breaker]` and the macro `breaker!` of Fluxgate.
#![forbid(unsafe_code)]

#[cfg(test)]
mod alike;
mod arguments;
mod errors;
mod expand;
mod function;
mod guess;
mod handler;
mod judge;
mod language;
mod leaf;
mod place;
mod returns;
mod settings;
#[cfg(test)]
mod tests;
mod track;
mod trees;
#[cfg(test)]
mod whole;

use proc_macro::TokenStream;

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
