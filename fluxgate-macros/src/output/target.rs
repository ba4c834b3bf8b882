//! Where the breaker of a function is -> its `static`, and an expression for the breaker.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::input::attributes;
use crate::input::function::Function;
use crate::input::tokens::{local, respan, span_of};
use crate::model::settings::Settings;
use crate::model::target::{BreakerLocation, is_method};
use crate::output::key;
use crate::output::private::Private;
use crate::output::settings::settings;

/// The breaker of a function, in tokens.
pub(crate) struct Target {
    /// Items beside the function.
    pub(crate) beside: TokenStream,
    /// Statements that have to come before `breaker`.
    pub(crate) setup: TokenStream,
    /// An expression for a `&Breaker`.
    pub(crate) breaker: TokenStream,
    /// An expression for where a future finds it.
    pub(crate) locate: TokenStream,
    /// An expression for what a future holds of it that borrows nothing.
    pub(crate) hold: TokenStream,
}

impl Target {
    pub(crate) fn of(location: &BreakerLocation, function: &Function, paths: &Private) -> Self {
        let private = &paths.name;
        let none = TokenStream::new;
        let breaker = local("breaker");
        // Spanned so that type errors point at the place.
        let spanned = |place: &TokenStream, tokens: TokenStream| {
            let span = span_of(place).map_or(Span::call_site(), |(first, _)| first);
            respan(tokens, span)
        };
        let share = |place: &TokenStream| {
            let lend = spanned(place, quote!(&));
            quote!(#private::share(#lend #place))
        };
        match location {
            BreakerLocation::Inside(its) => {
                let name = quote!(__FLUXGATE_BREAKER);
                let settings = settings(its, private, breaker_name(function, private));
                // In a block of its own, since in the function's the user's code would see it. One of the two is used, once.
                let breaker = made_of(&settings, &name, private);
                Self {
                    beside: none(),
                    setup: none(),
                    breaker: quote!({ #breaker &#name }),
                    locate: quote!(|| { #breaker &#name }),
                    hold: quote!(|| { #breaker &#name }),
                }
            }
            BreakerLocation::Beside(name, its) => {
                let documentation = documentation(function, &its.summary);
                let settings = settings(its, private, breaker_name(function, private));
                Self {
                    beside: handle_of(name, &documentation, &settings, function, paths),
                    setup: none(),
                    breaker: quote!(#name.breaker()),
                    locate: quote!(|| #name.breaker()),
                    hold: quote!(|| #name.breaker()),
                }
            }
            BreakerLocation::Associated(name, its) => {
                let documentation = documentation(function, &its.summary);
                let settings = settings(its, private, breaker_name(function, private));
                Self {
                    beside: associated(name, &documentation, &settings, function, paths),
                    setup: none(),
                    breaker: quote!(Self::#name.get().breaker()),
                    locate: quote!(|| Self::#name.get().breaker()),
                    hold: quote!(|| Self::#name.get().breaker()),
                }
            }
            BreakerLocation::Keyed(key, name, its) => {
                let settings = settings(its, private, breaker_name(function, private));
                let root = made_of(&settings, &quote!(__FLUXGATE_BREAKER), private);
                let family = key::family(&root, its, private);
                let (get, beside) = if let (Some(name), Some(ty)) = (name, &key.ty) {
                    let documentation =
                        format!("The circuit breakers of `{}`, by key: {}.", function.name(), its.summary);
                    let is_method = is_method(function);
                    let handle = if is_method { quote!(Self::#name) } else { quote!(#name) };
                    let find = quote!(#private::breaker_of_handle);
                    let get = key::get(&find, &quote!(&#handle), key, private);
                    (get, key::handle(name, ty, &documentation, &family, function, paths))
                } else {
                    let find = quote!(#private::breaker_of_key);
                    (key::get(&find, &quote!({ #family &__FLUXGATE_FAMILY }), key, private), none())
                };
                Self {
                    beside,
                    setup: quote!(let #breaker: #private::CircuitBreaker = #get;),
                    breaker: quote!(#private::CircuitBreaker::breaker(&#breaker)),
                    locate: quote!(#private::CircuitBreaker::breaker(&#breaker)),
                    hold: get,
                }
            }
            BreakerLocation::Static(place)
            | BreakerLocation::Given(place)
            | BreakerLocation::Field(place)
            | BreakerLocation::Lent(place) => {
                // A `const` would be a new breaker at each call, and does not live that long.
                let lifetime = matches!(location, BreakerLocation::Static(_)).then(|| quote!('static));
                let ty = spanned(place, quote!(&#lifetime #private::CircuitBreaker));
                let lend = spanned(place, quote!(&));
                let setup = quote!(let #breaker: #ty = #lend #place;);
                let found = quote!(#private::CircuitBreaker::breaker(#breaker));
                let hold = lifetime.map_or_else(|| share(place), |_| quote!({ #setup #found }));
                Self { beside: none(), setup, breaker: found.clone(), locate: found, hold }
            }
            BreakerLocation::Shared(place) => {
                let handle = share(place);
                Self {
                    beside: none(),
                    setup: quote!(let #breaker: #private::CircuitBreaker = #handle;),
                    breaker: quote!(#private::CircuitBreaker::breaker(&#breaker)),
                    locate: quote!(#private::CircuitBreaker::breaker(&#breaker)),
                    hold: handle,
                }
            }
        }
    }
}

/// In place of the breaker, or the breakers, of a function that is not guarded, one under the same name, so that uses of the name compile.
pub(crate) fn stand_in(handle: &Ident, is_keyed: bool, function: &Function, paths: &Private) -> TokenStream {
    let private = &paths.name;
    let name = quote!(#private::Name::from_static(::core::module_path!()));
    let its = Settings::default();
    let settings = settings(&its, private, name);
    if is_keyed {
        let root = made_of(&settings, &quote!(__FLUXGATE_BREAKER), private);
        let family = key::family(&root, &its, private);
        let ty = quote!(::core::primitive::str);
        return key::handle(handle, &ty, "", &family, function, paths);
    }
    if is_method(function) {
        associated(handle, "", &settings, function, paths)
    } else {
        handle_of(handle, "", &settings, function, paths)
    }
}

fn documentation(function: &Function, summary: &str) -> String {
    format!("The circuit breaker of `{}`: {summary}.", function.name())
}

/// An associated constant, through which the `static` in it is reached.
fn associated(
    handle: &Ident,
    documentation: &str,
    settings: &TokenStream,
    function: &Function,
    Private { path, import, name: private, .. }: &Private,
) -> TokenStream {
    let visibility = &function.visibility;
    let attributes = attributes::of_handle(&function.attributes);
    let name = quote!(__FLUXGATE_BREAKER);
    let breaker = made_of(settings, &name, private);
    quote!(
        #(#attributes)*
        #[doc = #documentation]
        #visibility const #handle: #path::AssociatedBreaker = {
            #import
            #breaker
            static __FLUXGATE_HANDLE: #private::CircuitBreaker = #private::CircuitBreaker::from_static(&#name);
            #private::AssociatedBreaker::new(|| &__FLUXGATE_HANDLE)
        };
    )
}

fn handle_of(
    handle: &Ident,
    documentation: &str,
    settings: &TokenStream,
    function: &Function,
    Private { path, import, name: private, .. }: &Private,
) -> TokenStream {
    let visibility = &function.visibility;
    let attributes = attributes::of_handle(&function.attributes);
    let breaker = made_of(settings, &quote!(__FLUXGATE_BREAKER), private);
    quote!(
        #(#attributes)*
        #[doc = #documentation]
        #visibility static #handle: #path::CircuitBreaker = {
            #import
            #breaker
            #private::CircuitBreaker::from_static(&__FLUXGATE_BREAKER)
        };
    )
}

/// The breaker of these settings.
fn made_of(settings: &TokenStream, name: &TokenStream, private: &TokenStream) -> TokenStream {
    quote!(
        static #name: #private::Breaker = #private::Breaker::new(
            {
                const __FLUXGATE_SETTINGS: &#private::Settings = &#settings;
                __FLUXGATE_SETTINGS
            },
            &#name,
        );
    )
}

/// The name of a function's breaker: the path of the function. That of a method has the type in it, which only the compiler knows.
fn breaker_name(function: &Function, private: &TokenStream) -> TokenStream {
    let name = function.name();
    if !is_method(function) {
        return quote!(#private::Name::from_static(::core::concat!(::core::module_path!(), "::", #name)));
    }
    quote!(#private::Name::of_method({
        fn __fluxgate_name() -> &'static ::core::primitive::str {
            static NAME: #private::MethodName = #private::MethodName::new(::core::module_path!(), #name);
            NAME.get(__fluxgate_name)
        }
        __fluxgate_name
    }))
}
