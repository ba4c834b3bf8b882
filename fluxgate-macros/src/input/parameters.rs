//! The names that parameters bind.

use proc_macro2::{Ident, TokenStream};
use syn::{FnArg, Pat, ReceiverKind, Type};

use crate::input::attributes::conditions;

/// A name that a parameter binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    /// The `mut` before it, if it is bound by value: `mut order`, `mut self`.
    pub(crate) mutability: Option<syn::Token![mut]>,
    /// The `#[cfg(..)]` of the parameter.
    pub(crate) conditions: Vec<TokenStream>,
    /// Whether its type consists of numbers, the like, and references, as far as can be told: nothing happens when it is dropped.
    pub(crate) is_plain: bool,
}

impl Binding {
    pub(crate) fn is_receiver(&self) -> bool {
        self.name == "self"
    }
}

/// The names that a parameter binds.
pub(crate) fn bindings(input: &FnArg) -> Vec<Binding> {
    let mut names = Vec::new();
    let (attributes, is_plain) = match input {
        FnArg::Receiver(receiver) => {
            let (mutability, is_plain) = match &receiver.kind {
                ReceiverKind::Value => (receiver.mutability, false),
                ReceiverKind::Typed(_, ty) => (receiver.mutability, is_plain(ty)),
                _ => (None, true),
            };
            names.push((Ident::new("self", receiver.self_token.span), mutability));
            (&receiver.attrs, is_plain)
        }
        FnArg::Typed(parameter) => {
            add_names(&parameter.pat, &mut names);
            (&parameter.attrs, is_plain(&parameter.ty))
        }
    };
    let conditions = conditions(attributes);
    let binding = |(name, mutability)| Binding { name, mutability, conditions: conditions.clone(), is_plain };
    names.into_iter().map(binding).collect()
}

fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
        "u128", "usize",
    ];
    match ty {
        Type::Reference(_) => true,
        Type::Array(array) => is_plain(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Type::Path(path) => path.path.get_ident().is_some_and(|name| PLAIN.contains(&&*name.to_string())),
        Type::Group(group) => is_plain(&group.elem),
        Type::Paren(paren) => is_plain(&paren.elem),
        _ => false,
    }
}

/// Adds the names that a pattern binds, each with its `mut`. A name in upper case is a constant.
fn add_names(pattern: &Pat, names: &mut Vec<(Ident, Option<syn::Token![mut]>)>) {
    match pattern {
        Pat::Ident(binding) => {
            if !binding.ident.to_string().starts_with(char::is_uppercase) {
                // That of `ref mut` belongs to the reference.
                let mutability = binding.mutability.filter(|_| binding.by_ref.is_none());
                names.push((binding.ident.clone(), mutability));
            }
            if let Some((_, pattern)) = &binding.subpat {
                add_names(pattern, names);
            }
        }
        Pat::Or(or) => or.cases.first().into_iter().for_each(|pattern| add_names(pattern, names)),
        Pat::Paren(paren) => add_names(&paren.pat, names),
        Pat::Reference(reference) => add_names(&reference.pat, names),
        Pat::Slice(slice) => slice.elems.iter().for_each(|pattern| add_names(pattern, names)),
        Pat::Struct(record) => record.fields.iter().for_each(|field| add_names(&field.pat, names)),
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|pattern| add_names(pattern, names)),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|pattern| add_names(pattern, names)),
        _ => {}
    }
}
