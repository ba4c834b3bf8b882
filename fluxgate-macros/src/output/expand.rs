//! What is checked -> what the macros expand to.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::breaker::BreakerValue;
use crate::model::guard::{GuardedFunction, UnguardedItem};
use crate::output::guard;
use crate::output::settings::settings;
use crate::output::target::stand_in;

/// A breaker as a value.
pub(crate) fn breaker(BreakerValue { fluxgate, settings: its }: &BreakerValue) -> TokenStream {
    let private = private(fluxgate);
    let place = quote!(::core::concat!(::core::module_path!(), ":", ::core::line!()));
    let settings = settings(its, &private, quote!(#private::Name::from_static(#place)));
    quote!(#private::CircuitBreaker::from_settings({
        const __FLUXGATE_SETTINGS: &#private::Settings = &#settings;
        __FLUXGATE_SETTINGS
    }))
}

/// In place of a breaker that cannot be made, an expression of any type, so that ours are the only errors.
pub(crate) fn no_breaker(errors: &TokenStream) -> TokenStream {
    quote!({ #errors })
}

/// The guarded function.
pub(crate) fn guarded(its: &GuardedFunction) -> TokenStream {
    guard::guarded(its, &private(&its.fluxgate))
}

/// The item as it is, and the errors.
pub(crate) fn unguarded(
    UnguardedItem { fluxgate, item, is_expression, handle, errors }: &UnguardedItem,
) -> TokenStream {
    if *is_expression {
        return quote!({ #errors #item });
    }
    let handle = handle.as_ref().map(|(handle, function)| stand_in(handle, function, &private(fluxgate)));
    quote!(#handle #item #errors)
}

/// The only module that expansions use.
fn private(fluxgate: &TokenStream) -> TokenStream {
    quote!(#fluxgate::__private)
}
