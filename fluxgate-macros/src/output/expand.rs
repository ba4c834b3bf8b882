//! The checked model -> what the macros expand to.

use proc_macro2::TokenStream;
use quote::quote;

use crate::input::function::Function;
use crate::input::tokens::braced;
use crate::model::breaker::{BreakerValue, NoBreaker};
use crate::model::guarded_function::{GuardedFunction, UnguardedItem};
use crate::output::guarded_function;
use crate::output::private::Private;
use crate::output::references;
use crate::output::settings::settings;
use crate::output::target::stand_in;
use crate::output::warnings::warnings;

/// A breaker as a value.
pub(crate) fn breaker(BreakerValue { fluxgate, settings: its, references }: &BreakerValue) -> TokenStream {
    let Private { fluxgate, import, name: private, .. } = Private::of(fluxgate.as_ref());
    let references = references::statements(references, &fluxgate, &private);
    let place = quote!(::core::concat!(::core::module_path!(), ":", ::core::line!()));
    let settings = settings(its, &private, quote!(#private::Name::from_static(#place)));
    let breaker = quote!(#private::breaker_of_settings({
        const __FLUXGATE_SETTINGS: &#private::Settings = &#settings;
        __FLUXGATE_SETTINGS
    }));
    let warnings = warnings(&its.warnings);
    if import.is_empty() && references.is_empty() {
        breaker
    } else {
        quote!({ #import #references #warnings #breaker })
    }
}

/// In place of a breaker that cannot be made, an expression of any type, so that our errors are the only ones.
pub(crate) fn no_breaker(NoBreaker { fluxgate, references, errors }: &NoBreaker) -> TokenStream {
    let references = references::of_wrong_arguments(references, &Private::of(fluxgate.as_ref()));
    quote!({ #references #errors })
}

/// The guarded function.
pub(crate) fn guarded(its: &GuardedFunction) -> TokenStream {
    guarded_function::guarded(its, &Private::of(its.fluxgate.as_ref()))
}

/// The item as it is, and the errors.
pub(crate) fn unguarded(its: &UnguardedItem) -> TokenStream {
    let UnguardedItem { fluxgate, item, is_expression, function, references, handle, is_keyed, errors } = its;
    if *is_expression {
        // Errors have whatever type is needed here.
        return quote!({ let _ = #item; #errors });
    }
    let Some(function) = function else { return quote!(#item #errors) };
    let private = Private::of(fluxgate.as_ref());
    let handle = handle.as_ref().map(|handle| stand_in(handle, *is_keyed, function, &private));
    let references = references::of_wrong_arguments(references, &private);
    let Function { inner, block, .. } = function;
    let content = block.stream();
    let body = braced(quote!(#inner #references #content), block.span());
    // The body comes last.
    let mut trees: Vec<_> = item.clone().into_iter().collect();
    trees.pop();
    quote!(#handle #(#trees)* #body #errors)
}
