//! The names that parameters bind.

use proc_macro2::{Ident, TokenStream};
use syn::{FnArg, Pat, ReceiverKind, Signature, Type};

use crate::input::attributes::conditions;

/// A name that a parameter binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    /// The `mut` before it, if it is bound by value: `mut order`, `mut self`.
    pub(crate) mutability: Option<syn::Token![mut]>,
    /// The `#[cfg(..)]` of the parameter.
    pub(crate) conditions: Vec<TokenStream>,
    /// Whether its type is a number or the like, or a reference, as far as can be told: nothing happens when it is dropped.
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
    let is_plain = matches!(input, FnArg::Typed(parameter) if is_plain(&parameter.ty));
    let attributes = match input {
        FnArg::Receiver(receiver) => {
            let mutability = match &receiver.kind {
                ReceiverKind::Value | ReceiverKind::Typed(..) => receiver.mutability,
                _ => None,
            };
            names.push((Ident::new("self", receiver.self_token.span), mutability));
            &receiver.attrs
        }
        FnArg::Typed(parameter) => {
            let mut found = |name: &Ident, mutability: &mut Option<syn::Token![mut]>| {
                names.push((name.clone(), *mutability));
            };
            for_each_name(&mut parameter.pat.clone(), &mut found);
            &parameter.attrs
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
        Type::Path(path) => PLAIN.iter().any(|name| path.path.is_ident(name)),
        Type::Group(group) => is_plain(&group.elem),
        Type::Paren(paren) => is_plain(&paren.elem),
        _ => false,
    }
}

/// Removes the `mut` of parameters that are bound anew in the body.
pub(crate) fn without_mut(signature: &Signature, bound_anew: &[Binding]) -> Signature {
    let mut signature = signature.clone();
    for input in &mut signature.inputs {
        if let FnArg::Typed(parameter) = input {
            for_each_name(&mut parameter.pat, &mut |name, mutability| {
                if bound_anew.iter().any(|binding| binding.name == *name) {
                    *mutability = None;
                }
            });
        }
    }
    signature
}

/// Visits the names that a pattern binds, each with its `mut`. A name in upper case is a constant.
fn for_each_name(pattern: &mut Pat, visit: &mut dyn FnMut(&Ident, &mut Option<syn::Token![mut]>)) {
    match pattern {
        Pat::Ident(binding) => {
            if !binding.ident.to_string().starts_with(char::is_uppercase) {
                // That of `ref mut` belongs to the reference.
                let of_reference = &mut binding.mutability.filter(|_| binding.by_ref.is_some());
                let is_reference = binding.by_ref.is_some();
                visit(&binding.ident, if is_reference { of_reference } else { &mut binding.mutability });
            }
            if let Some((_, pattern)) = &mut binding.subpat {
                for_each_name(pattern, visit);
            }
        }
        Pat::Or(or) => or.cases.first_mut().into_iter().for_each(|pattern| for_each_name(pattern, visit)),
        Pat::Paren(paren) => for_each_name(&mut paren.pat, visit),
        Pat::Reference(reference) => for_each_name(&mut reference.pat, visit),
        Pat::Slice(slice) => slice.elems.iter_mut().for_each(|pattern| for_each_name(pattern, visit)),
        Pat::Struct(record) => {
            record.fields.iter_mut().for_each(|field| for_each_name(&mut field.pat, visit));
        }
        Pat::Tuple(tuple) => tuple.elems.iter_mut().for_each(|pattern| for_each_name(pattern, visit)),
        Pat::TupleStruct(tuple) => tuple.elems.iter_mut().for_each(|pattern| for_each_name(pattern, visit)),
        _ => {}
    }
}
