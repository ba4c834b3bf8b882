//! Where the breaker of a function is -> its `static`, and an expression for the breaker.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::input::attributes;
use crate::input::function::Function;
use crate::input::tokens::{local, respan, span_of};
use crate::model::settings::Settings;
use crate::model::target::{BreakerLocation, is_method};
use crate::output::key;
use crate::output::private::{ModuleName, Private};
use crate::output::settings::settings;

/// The breaker of a function, in tokens.
pub(crate) struct Target {
    /// Items next to the function.
    pub(crate) beside: TokenStream,
    /// Statements that have to come before `breaker`.
    pub(crate) setup: TokenStream,
    /// An expression for a `&Breaker`.
    pub(crate) breaker: TokenStream,
    /// An expression by which a future finds it.
    pub(crate) locate: TokenStream,
    /// An expression for a hold on it that borrows nothing, for futures.
    pub(crate) hold: TokenStream,
}

impl Target {
    pub(crate) fn of(location: &BreakerLocation, function: &Function, paths: &Private) -> Self {
        let private = &paths.name;
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
                // The `static` is in a block of its own, where the user's code cannot see it. Only one of the target's expressions is used, and
                // only once.
                let breaker = made_of(its, function, private);
                Self::of_static(TokenStream::new(), quote!({ #breaker &__FLUXGATE_BREAKER.breaker }))
            }
            BreakerLocation::Beside(name, its) => {
                let root = made_of(its, function, private);
                let beside = handle_of(name, &documentation(function, its), &root, function, paths);
                Self::of_static(beside, quote!(#name.breaker()))
            }
            BreakerLocation::Associated(name, its) => {
                let root = made_of(its, function, private);
                let beside = associated(name, &documentation(function, its), &root, function, paths);
                Self::of_static(beside, quote!(Self::#name.get().breaker()))
            }
            BreakerLocation::Keyed(key, name, its) => {
                let root = made_of(its, function, private);
                let family = key::family(&root, its, private);
                let (get, beside) = if let (Some(name), Some(ty)) = (name, &key.ty) {
                    let documentation =
                        format!("The circuit breakers of `{}`, by key: {}.", function.name(), its.summary());
                    let is_method = is_method(function);
                    let handle = if is_method { quote!(Self::#name) } else { quote!(#name) };
                    let get = key::in_handle(&handle, key, private);
                    (get, keyed(name, ty, &documentation, &family, function, paths))
                } else {
                    (key::in_family(&family, key, private), TokenStream::new())
                };
                Self::of_handle(beside, get, private)
            }
            BreakerLocation::Static(place)
            | BreakerLocation::Given(place)
            | BreakerLocation::Field(place)
            | BreakerLocation::Lent(place) => {
                // A `const`, which would be a new breaker at each call, does not live that long, so it does not compile.
                let lifetime = matches!(location, BreakerLocation::Static(_)).then(|| quote!('static));
                let ty = spanned(place, quote!(&#lifetime #private::CircuitBreaker));
                let lend = spanned(place, quote!(&));
                let breaker = local("breaker");
                let setup = quote!(let #breaker: #ty = #lend #place;);
                let found = quote!(#private::CircuitBreaker::breaker(#breaker));
                let hold = lifetime.map_or_else(|| share(place), |_| quote!({ #setup #found }));
                Self { beside: TokenStream::new(), setup, breaker: found.clone(), locate: found, hold }
            }
            BreakerLocation::Shared(place) => Self::of_handle(TokenStream::new(), share(place), private),
        }
    }

    /// A breaker that this expression finds wherever it is written.
    fn of_static(beside: TokenStream, breaker: TokenStream) -> Self {
        let locate = quote!(|| #breaker);
        Self { beside, setup: TokenStream::new(), breaker, hold: locate.clone(), locate }
    }

    /// A breaker to which the function takes a handle.
    fn of_handle(beside: TokenStream, handle: TokenStream, private: &ModuleName) -> Self {
        let breaker = local("breaker");
        let setup = quote!(let #breaker: #private::CircuitBreaker = #handle;);
        let found = quote!(#private::CircuitBreaker::breaker(&#breaker));
        Self { beside, setup, breaker: found.clone(), locate: found, hold: handle }
    }
}

/// In place of the breaker, or the breakers, of a function that is not guarded, one under the same name, so that uses of the name compile.
pub(crate) fn stand_in(handle: &Ident, is_keyed: bool, function: &Function, paths: &Private) -> TokenStream {
    let private = &paths.name;
    let its = Settings::default();
    let root = made_of(&its, function, private);
    if is_keyed {
        let family = key::family(&root, &its, private);
        let ty = quote!(::core::primitive::str);
        return keyed(handle, &ty, "", &family, function, paths);
    }
    if is_method(function) {
        associated(handle, "", &root, function, paths)
    } else {
        handle_of(handle, "", &root, function, paths)
    }
}

fn documentation(function: &Function, its: &Settings) -> String {
    format!("The circuit breaker of `{}`: {}.", function.name(), its.summary())
}

fn handle_of(
    name: &Ident,
    documentation: &str,
    root: &TokenStream,
    function: &Function,
    paths: &Private,
) -> TokenStream {
    let Private { path, name: private, .. } = paths;
    let ty = quote!(#path::CircuitBreaker);
    let value = quote!(#root #private::breaker_of_static(&__FLUXGATE_BREAKER.breaker));
    item(&quote!(static #name: #ty), documentation, &value, function, paths)
}

/// An associated constant, through which the `static` in it is reached.
fn associated(
    name: &Ident,
    documentation: &str,
    root: &TokenStream,
    function: &Function,
    paths: &Private,
) -> TokenStream {
    let Private { path, name: private, .. } = paths;
    let ty = quote!(#path::AssociatedBreaker);
    let value = quote!(
        #root
        static __FLUXGATE_HANDLE: #private::CircuitBreaker =
            #private::breaker_of_static(&__FLUXGATE_BREAKER.breaker);
        #private::AssociatedBreaker::new(|| &__FLUXGATE_HANDLE)
    );
    item(&quote!(const #name: #ty), documentation, &value, function, paths)
}

fn keyed(
    name: &Ident,
    ty: &TokenStream,
    documentation: &str,
    family: &TokenStream,
    function: &Function,
    paths: &Private,
) -> TokenStream {
    let Private { path, name: private, .. } = paths;
    let kind = if is_method(function) { quote!(const) } else { quote!(static) };
    let ty = quote!(#path::Keyed<#path::OwnedKey<#ty>>);
    let value = quote!(#family #private::keyed_of_static(&__FLUXGATE_FAMILY));
    item(&quote!(#kind #name: #ty), documentation, &value, function, paths)
}

/// What users name by a `handle`, next to the function.
fn item(
    declaration: &TokenStream,
    documentation: &str,
    value: &TokenStream,
    function: &Function,
    Private { import, .. }: &Private,
) -> TokenStream {
    let visibility = &function.visibility;
    let attributes = attributes::of_handle(&function.attributes);
    quote!(
        #(#attributes)*
        #[doc = #documentation]
        #visibility #declaration = { #import #value };
    )
}

/// The `static` of a function's breaker, with the items that it needs. By default the name is the path of the function. That of a method
/// has the type in it, which only the compiler knows.
fn made_of(its: &Settings, function: &Function, private: &ModuleName) -> TokenStream {
    let name = function.name();
    let made = |ty: TokenStream, new: &str, arguments: TokenStream| {
        let new = Ident::new(new, Span::call_site());
        quote!(static __FLUXGATE_BREAKER: #ty = __FLUXGATE_BREAKER.#new(#arguments);)
    };
    if its.is_named() || !is_method(function) {
        let ty = quote!(#private::StaticBreaker);
        let path = quote!(::core::concat!(::core::module_path!(), "::", #name));
        if its.are_standard() {
            return made(ty, "standard", path);
        }
        return made(ty, "of", settings(its, private, quote!(#private::Name::from_static(#path))));
    }
    let ty = quote!(#private::StaticBreaker<#private::MethodName>);
    let path = quote!(#private::MethodName::of(&__FluxgateMethod, ::core::module_path!(), #name));
    let breaker = if its.are_standard() {
        made(ty, "standard_of_method", path)
    } else {
        let its_name = quote!(#private::Name::of_method(&__FLUXGATE_BREAKER.name));
        let settings = settings(its, private, its_name);
        made(ty, "of_method", quote!(#path, #settings))
    };
    quote!(
        struct __FluxgateMethod;
        #breaker
    )
}
