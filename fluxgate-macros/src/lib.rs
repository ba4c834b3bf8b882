//! The attribute `#[circuit_breaker]` and the macro `breaker!` of Fluxgate.
#![forbid(unsafe_code)]

mod arguments;
mod errors;
mod expand;
mod function;
mod handler;
mod judge;
mod language;
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

/// Guards a function with a circuit breaker.
#[proc_macro_attribute]
pub fn circuit_breaker(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(arguments.into(), &item.into()).into()
}

/// Makes a circuit breaker.
#[proc_macro]
pub fn breaker(arguments: TokenStream) -> TokenStream {
    expand::breaker(arguments.into()).into()
}
