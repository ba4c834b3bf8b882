//! Where the breaker of a function is.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, FnArg, ReceiverKind, Type};

use crate::input::arguments::{Argument, Arguments};
use crate::input::errors::CompileErrors;
use crate::input::function::Function;
use crate::input::parameters::{Binding, bindings};
use crate::input::peel::peel_type;
use crate::input::returns::Form;
use crate::input::tokens::{is, is_one_of, is_word, mentions, text, ungrouped};
use crate::model::key::Key;
use crate::model::place::{NoPlace, is_static, kept_place, no_place};
use crate::model::reader;
use crate::model::settings::Settings;

/// Where the breaker of a function is.
pub(crate) enum BreakerLocation {
    /// In the function, made from these settings.
    Inside(Settings),
    /// Next to the function, under the user's name, made from these settings.
    Beside(Ident, Settings),
    /// Next to the method, under the user's name as an associated constant, made from these settings.
    Associated(Ident, Settings),
    /// One for each key: in the function, or, if it has a name, next to it.
    Keyed(Box<Key>, Option<Ident>, Settings),
    /// In the user's `static`, or in a part of it.
    Static(TokenStream),
    /// At another place that the user names, not in a parameter.
    Given(TokenStream),
    /// In a field of a parameter that outlives the function's future.
    Field(TokenStream),
    /// In a parameter, where it stays while the body, or the function's future, uses it.
    Lent(TokenStream),
    /// In a parameter that the body may move or change, or that does not outlive the function while its future
    /// does: the function needs a handle of its own.
    Shared(TokenStream),
}

impl BreakerLocation {
    /// Reads `breaker`, or else the settings for one in the function or, with a `handle`, next to it.
    pub(crate) fn read(
        arguments: &Arguments,
        function: Option<&Function>,
        handle: Option<&Ident>,
        errors: &mut CompileErrors,
    ) -> Option<Self> {
        if let Some(argument) = arguments.get("breaker") {
            return Self::given(argument, function, errors);
        }
        let key = arguments.get("key").map(|_| Key::read(arguments, function, handle.is_some(), errors));
        let settings = reader::settings(arguments, errors)?;
        if let Some(key) = key {
            return Some(Self::Keyed(Box::new(key?), handle.cloned(), settings));
        }
        Some(match handle {
            Some(handle) if function.is_some_and(is_method) => Self::Associated(handle.clone(), settings),
            Some(handle) => Self::Beside(handle.clone(), settings),
            None => Self::Inside(settings),
        })
    }

    /// The settings of a breaker that the function makes.
    pub(crate) fn settings(&self) -> Option<&Settings> {
        match self {
            Self::Inside(settings)
            | Self::Beside(_, settings)
            | Self::Associated(_, settings)
            | Self::Keyed(_, _, settings) => Some(settings),
            Self::Static(_) | Self::Given(_) | Self::Field(_) | Self::Lent(_) | Self::Shared(_) => None,
        }
    }

    /// Whether the breaker may trip although no result is a failure, as far as can be seen here.
    pub(crate) fn trips_on_more_than_results(&self) -> bool {
        self.settings().is_none_or(Settings::trip_on_more_than_results)
    }

    fn given(argument: &Argument, function: Option<&Function>, errors: &mut CompileErrors) -> Option<Self> {
        let written = &argument.value;
        let expression = syn::parse2::<Expr>(written.clone()).map_err(|_| NoPlace::Other);
        let expression = expression.and_then(|expression| match no_place(&expression) {
            Some(no_place) => Err(no_place),
            None => Ok(expression),
        });
        let expression = match expression {
            Ok(expression) => expression,
            Err(no_place) => {
                errors.report(argument.span(), objection(&no_place, written));
                return None;
            }
        };
        let kind = match function {
            Some(function) => kind_of(written, function),
            None => Self::Given,
        };
        let is_static = is_static(&expression);
        Some(match kind(kept_place(expression)) {
            Self::Given(place) if is_static => Self::Static(place),
            location => location,
        })
    }
}

fn objection(no_place: &NoPlace, written: &TokenStream) -> String {
    let what = "this makes a new breaker at each call, which would never open";
    let help = "keep it in a `static` or a field, and write `breaker = PAYMENTS` or `breaker = self.breaker`";
    match no_place {
        NoPlace::Made => format!("{what}\nhelp: {help}"),
        NoPlace::Called { place } => {
            format!("{what}\nhelp: {help}; if this returns a reference, write `breaker = {place}`")
        }
        NoPlace::Computed { place } => format!(
            "`breaker` takes a place that holds a breaker, and this is a value\n\
             help: if it is a reference, write `breaker = {place}`"
        ),
        NoPlace::Other => {
            let quoted = text(written).filter(|text| syn::parse_str::<syn::Path>(text).is_ok());
            let help = match quoted {
                Some(path) => format!("write `breaker = {path}`"),
                None => "write `breaker = PAYMENTS`, or `breaker = self.breaker`".to_owned(),
            };
            format!("`breaker` takes a place that holds a breaker\nhelp: {help}")
        }
    }
}

/// The name of the static next to the function, if the user asks for one.
pub(crate) fn handle(arguments: &Arguments, errors: &mut CompileErrors) -> Option<Ident> {
    let argument = arguments.get("handle")?;
    let Ok(name) = syn::parse2::<Ident>(argument.value.clone()) else {
        let name = names(argument.value.clone()).last().unwrap_or_else(|| "PAYMENTS".to_owned());
        let message = format!("`handle` takes a name for the breaker\nhelp: write `handle = {name}`");
        errors.report(argument.span(), message);
        return None;
    };
    Some(name)
}

/// Whether the function is in an `impl`, as far as its tokens tell.
pub(crate) fn is_method(function: &Function) -> bool {
    function.signature.receiver().is_some()
        || function.body_mentions("Self") && says_self(function.block.stream())
        || mentions(&function.signature.to_token_stream(), "Self")
}

/// Whether tokens contain `Self`, except in items that have a `Self` of their own.
fn says_self(tokens: TokenStream) -> bool {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(word) if begins_item(&word, trees.peek()) => skip_item(&mut trees),
            TokenTree::Ident(word) if word == "Self" => return true,
            TokenTree::Group(group) if says_self(group.stream()) => return true,
            _ => {}
        }
    }
    false
}

fn begins_item(word: &Ident, next: Option<&TokenTree>) -> bool {
    // `union` is a keyword only before a name.
    let is_before_name = || next.is_some_and(|next| syn::parse2::<Ident>(next.clone().into()).is_ok());
    is_one_of(word, &["impl", "trait", "struct", "enum"]) || word == "union" && is_before_name()
}

/// Skips an item up to its braces or its semicolon.
fn skip_item(trees: &mut Peekable<impl Iterator<Item = TokenTree>>) {
    while let Some(tree) = trees.next() {
        let is_braces = matches!(&tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        // Braces may also be around a constant in a type: `Buffer<{ SIZE }>`.
        let is_argument = trees.peek().is_some_and(|next| is(next, '>'));
        if is(&tree, ';') || is_braces && !is_argument {
            return;
        }
    }
}

/// All words of a value, quoted or not.
fn names(value: TokenStream) -> impl Iterator<Item = String> {
    let value = text(&value).and_then(|text| text.parse().ok()).unwrap_or(value);
    value.into_iter().filter_map(|tree| match tree {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    })
}

/// The kind of location that a place is.
fn kind_of(place: &TokenStream, function: &Function) -> fn(TokenStream) -> BreakerLocation {
    let mut kind: fn(TokenStream) -> BreakerLocation = BreakerLocation::Given;
    for input in &function.signature.inputs {
        let is_lent = match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
                ReceiverKind::Typed(_, ty) => is_shared_reference(ty),
                _ => false,
            },
            FnArg::Typed(parameter) => is_shared_reference(&parameter.ty),
        };
        for Binding { name, .. } in bindings(input) {
            let name = name.to_string();
            if mentions(place, &name) {
                // A future that uses the parameter itself lives no longer than it.
                let is_held = match function.returns.form {
                    Form::Sync | Form::Async => true,
                    Form::Future | Form::Boxed => {
                        function.future.as_ref().is_some_and(|future| mentions(&future.block.stream(), &name))
                    }
                };
                if !is_lent || !is_held {
                    return BreakerLocation::Shared;
                }
                // A field can be found before the future is polled, and then need not be part of it.
                let is_field = function.future.is_some() && is_field_of(place, &name);
                kind = if is_field { BreakerLocation::Field } else { BreakerLocation::Lent };
            }
        }
    }
    kind
}

/// Whether a place is this parameter itself, or a field of it: `self.breaker`.
fn is_field_of(place: &TokenStream, parameter: &str) -> bool {
    let mut trees = ungrouped(place.clone()).into_iter();
    trees.next().is_some_and(|first| is_word(&first, &[parameter]))
        && trees.all(|tree| !matches!(tree, TokenTree::Group(_)) && !is(&tree, '?'))
}

fn is_shared_reference(ty: &Type) -> bool {
    matches!(peel_type(ty), Type::Reference(reference) if reference.mutability.is_none())
}

#[cfg(test)]
mod tests {
    use super::says_self;

    #[test]
    fn an_item_in_the_body_has_a_self_of_its_own() {
        for (body, expected) in [
            ("Self::open(url)", true),
            ("retry(|| async { Ok(Self { url }) })", true),
            ("assert!(Self::IS_READY); 1", true),
            ("struct Part; Self", true),
            ("enum Part {} Self", true),
            ("let union = 1; union as u8 + Self::SIZE", true),
            ("impl Part { fn of() -> Self { Self } } 1", false),
            (
                "impl<const N: usize> From<Part<{ N + 1 }>> for Whole { fn from(_: Part<N>) -> Self { Self } } 1",
                false,
            ),
            ("unsafe trait Opens: Sized where Self: Send { fn open() -> Self; } 1", false),
            ("struct List(Option<Box<Self>>); 1", false),
            ("struct List { next: Option<Box<Self>> } 1", false),
            ("enum List { End, Next(Box<Self>) } 1", false),
            ("union List { next: *const Self, end: () } 1", false),
            ("if up { impl Default for Part { fn default() -> Self { Self } } } 1", false),
            ("quote! { impl Default for #name { fn default() -> Self { Self } } }", false),
        ] {
            let tokens = body.parse().expect("the test's own body");
            assert_eq!(says_self(tokens), expected, "{body}");
        }
    }
}
