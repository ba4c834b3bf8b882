//! Where the breaker of a function is -> its `static`, and an expression for the breaker.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::input::function::Function;
use crate::input::tokens::{local, respan, span_of};
use crate::model::settings::Settings;
use crate::model::target::BreakerLocation;
use crate::output::settings::settings;

/// The statements at the start of a function, and an expression for a `&Breaker` after them.
pub(crate) fn breaker(
    location: &BreakerLocation,
    function: &Function,
    private: &TokenStream,
) -> (TokenStream, TokenStream) {
    let breaker = local("breaker");
    // Spanned so that type errors point at the place.
    let spanned = |place: &TokenStream, tokens: TokenStream| {
        let span = span_of(place).map_or(Span::call_site(), |(first, _)| first);
        respan(tokens, span)
    };
    match location {
        BreakerLocation::Inside(its) => {
            let name = quote!(__FLUXGATE_BREAKER);
            let settings = settings(its, private, path(function));
            (made_of(&settings, &name, private), quote!(&#name))
        }
        BreakerLocation::Beside(name, _) => (TokenStream::new(), quote!(#name.breaker())),
        BreakerLocation::Given(place) => {
            let ty = spanned(place, quote!(&#private::CircuitBreaker));
            let lend = spanned(place, quote!(&));
            let setup = quote!(let #breaker: #ty = #lend #place;);
            (setup, quote!(#private::CircuitBreaker::breaker(#breaker)))
        }
        BreakerLocation::Shared(place) => {
            let lend = spanned(place, quote!(&));
            let setup = quote!(let #breaker: #private::CircuitBreaker = #private::share(#lend #place););
            (setup, quote!(#private::CircuitBreaker::breaker(&#breaker)))
        }
    }
}

/// The items beside a function.
pub(crate) fn beside(location: &BreakerLocation, function: &Function, private: &TokenStream) -> TokenStream {
    let BreakerLocation::Beside(handle, its) = location else { return TokenStream::new() };
    let documentation = format!("The circuit breaker of `{}`: {}.", function.name(), its.summary);
    handle_of(handle, &documentation, &settings(its, private, path(function)), function, private)
}

/// In place of the breaker of a function that is not guarded, one under the same name, so that uses of the name compile.
pub(crate) fn stand_in(handle: &Ident, function: &Function, private: &TokenStream) -> TokenStream {
    let settings = settings(&Settings::default(), private, quote!(::core::module_path!()));
    handle_of(handle, "", &settings, function, private)
}

fn handle_of(
    handle: &Ident,
    documentation: &str,
    settings: &TokenStream,
    function: &Function,
    private: &TokenStream,
) -> TokenStream {
    let visibility = &function.visibility;
    let conditions = function.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let breaker = made_of(settings, &quote!(BREAKER), private);
    quote!(
        #(#conditions)*
        #[doc = #documentation]
        #visibility static #handle: #private::CircuitBreaker = {
            #breaker
            #private::CircuitBreaker::from_static(&BREAKER)
        };
    )
}

/// The breaker of these settings.
fn made_of(settings: &TokenStream, name: &TokenStream, private: &TokenStream) -> TokenStream {
    quote!(
        static #name: #private::Breaker = #private::Breaker::new(
            {
                const SETTINGS: &#private::Settings = &#settings;
                SETTINGS
            },
            &#name,
        );
    )
}

/// The path of a function, which names its breaker.
fn path(function: &Function) -> TokenStream {
    let name = function.name();
    quote!(::core::concat!(::core::module_path!(), "::", #name))
}
