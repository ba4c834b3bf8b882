//! The attribute `#[circuit_breaker]` and the macro `breaker!` of Fluxgate: what is written (`input`, with `track`) -> what is
//! asked for, checked (`model`) -> what it expands to (`output`).
#![forbid(unsafe_code)]

mod input;
mod model;
mod output;
#[cfg(test)]
mod tests;
mod track;

use proc_macro2::TokenStream;

use model::breaker::BreakerValue;
use model::guard::GuardedFunction;
use output::expand;

// The documentation is in `fluxgate`, where its examples can run.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn circuit_breaker(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand_attribute(arguments.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro]
pub fn breaker(arguments: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_breaker(arguments.into()).into()
}

fn expand_attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match GuardedFunction::read(arguments, item) {
        Ok(guard) => expand::guarded(&guard),
        Err(refused) => expand::unguarded(&refused),
    }
}

fn expand_breaker(arguments: TokenStream) -> TokenStream {
    match BreakerValue::read(arguments) {
        Ok(breaker) => expand::breaker(&breaker),
        Err(errors) => expand::no_breaker(&errors),
    }
}
