//! Where the breaker of a function is.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, FnArg, ReceiverKind, Type};

use crate::input::arguments::Arguments;
use crate::input::errors::{Errors, span_of};
use crate::input::function::{Function, mentions};
use crate::input::source::respan;
use crate::output::outcome::local;

/// Where the breaker of a function is.
pub(crate) enum Place {
    /// In the function, made from these settings.
    Own(TokenStream),
    /// Beside the function, under the user's name, made from these settings, with this documentation.
    Beside(Ident, TokenStream, String),
    /// At the user's place.
    Given(TokenStream),
    /// At the user's place, which the body may move or change, so that the function needs a handle of its own.
    Shared(TokenStream),
}

impl Place {
    /// The given breaker; `None` if the function has its own.
    pub(crate) fn given(
        arguments: &Arguments,
        function: Option<&Function>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let argument = arguments.get("breaker")?;
        if syn::parse2::<Expr>(argument.value.clone()).is_err() {
            let message = "`breaker` takes a place that holds a breaker\nhelp: write `breaker = PAYMENTS`, or `breaker = self.breaker`";
            errors.report(argument.span(), message);
        }
        let place = argument.value.clone();
        let is_shared = function.is_some_and(|function| is_in_parameters(&place, function));
        Some(if is_shared { Self::Shared(place) } else { Self::Given(place) })
    }

    /// The name of the static beside the function, if the user asks for one.
    pub(crate) fn handle(
        arguments: &Arguments,
        function: Option<&Function>,
        errors: &mut Errors,
    ) -> Option<Ident> {
        let argument = arguments.get("handle")?;
        let Ok(name) = syn::parse2::<Ident>(argument.value.clone()) else {
            let name = names(argument.value.clone()).last().unwrap_or_else(|| "PAYMENTS".to_owned());
            let message = format!("`handle` takes a name for the breaker\nhelp: write `handle = {name}`");
            errors.report(argument.span(), message);
            return None;
        };
        let is_method = function.is_some_and(|function| {
            function.signature.receiver().is_some()
                || mentions(&quote::ToTokens::to_token_stream(&function.signature), "Self")
        });
        if is_method {
            errors.report(
                argument.span(),
                "a method cannot have a `handle`: there is no room for a `static` beside it\n\
                 help: write `static PAYMENTS: CircuitBreaker = breaker!(..);` outside the `impl`, and here `breaker = PAYMENTS`",
            );
            return None;
        }
        Some(name)
    }

    /// The items beside the function.
    pub(crate) fn beside(&self, function: &Function, private: &TokenStream) -> TokenStream {
        let Self::Beside(name, settings, documentation) = self else { return TokenStream::new() };
        let visibility = &function.visibility;
        let conditions = function.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        let own = own(&quote!(BREAKER), settings, private);
        quote!(
            #(#conditions)*
            #[doc = #documentation]
            #visibility static #name: #private::CircuitBreaker = {
                #own
                #private::CircuitBreaker::from_static(&BREAKER)
            };
        )
    }

    /// The statements at the start of the function, and an expression for a `&Breaker` after them.
    pub(crate) fn tokens(&self, private: &TokenStream) -> (TokenStream, TokenStream) {
        let breaker = local("breaker");
        // Spanned so that type errors point at the place.
        let spanned = |place: &TokenStream, tokens: TokenStream| {
            let span = span_of(place).map_or(Span::call_site(), |(first, _)| first);
            respan(tokens, span)
        };
        match self {
            Self::Own(settings) => {
                let name = quote!(__FLUXGATE_BREAKER);
                (own(&name, settings, private), quote!(&#name))
            }
            Self::Beside(name, ..) => (TokenStream::new(), quote!(#name.breaker())),
            Self::Given(place) => {
                let ty = spanned(place, quote!(&#private::CircuitBreaker));
                let lend = spanned(place, quote!(&));
                let setup = quote!(let #breaker: #ty = #lend #place;);
                (setup, quote!(#private::CircuitBreaker::breaker(#breaker)))
            }
            Self::Shared(place) => {
                let lend = spanned(place, quote!(&));
                let setup = quote!(let #breaker: #private::CircuitBreaker = #private::share(#lend #place););
                (setup, quote!(#private::CircuitBreaker::breaker(&#breaker)))
            }
        }
    }
}

/// All words of a value, quoted or not.
fn names(value: TokenStream) -> impl Iterator<Item = String> {
    let value = crate::input::source::text(&value).and_then(|text| text.parse().ok()).unwrap_or(value);
    value.into_iter().filter_map(|tree| match tree {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    })
}

fn own(name: &TokenStream, settings: &TokenStream, private: &TokenStream) -> TokenStream {
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

/// Whether a place is in a parameter that the body may move or change during the call, or that does not outlive the function while
/// its future does.
fn is_in_parameters(place: &TokenStream, function: &Function) -> bool {
    let signature = &function.signature;
    let returns_future = signature.asyncness.is_none()
        && crate::output::returns::Returns::of(signature).form != crate::output::returns::Form::Sync;
    let mentioned = |names: &[Ident]| names.iter().any(|name| mentions(place, &name.to_string()));
    signature.inputs.iter().any(|input| {
        let is_lent = match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
                ReceiverKind::Typed(_, ty) => is_shared_reference(ty),
                _ => false,
            },
            FnArg::Typed(parameter) => is_shared_reference(&parameter.ty),
        };
        (returns_future || !is_lent) && mentioned(&crate::input::function::bindings(input))
    })
}

fn is_shared_reference(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_none(),
        Type::Group(group) => is_shared_reference(&group.elem),
        Type::Paren(paren) => is_shared_reference(&paren.elem),
        _ => false,
    }
}
