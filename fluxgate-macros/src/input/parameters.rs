//! The names that parameters bind.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{FnArg, GenericArgument, Pat, Path, PathArguments, ReceiverKind, Type};

use crate::input::attributes::conditions;
use crate::input::tokens::{is_one_of, mentions};

/// A name that a parameter binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    /// The `mut` before it, if it is bound by value: `mut order`, `mut self`.
    pub(crate) mutability: Option<syn::Token![mut]>,
    /// The `#[cfg(..)]` of the parameter.
    pub(crate) conditions: Vec<TokenStream>,
    /// Whether its type consists of primitive types and references, as far as can be told: nothing happens when it is dropped.
    pub(crate) is_plain: bool,
    /// Whether the moment of its drop makes no difference: it is plain or only memory, as far as can be told.
    pub(crate) is_memory: bool,
    /// Whether it holds a `&mut`, and is memory apart from that.
    pub(crate) is_exclusive: bool,
}

impl Binding {
    pub(crate) fn is_receiver(&self) -> bool {
        self.name == "self"
    }
}

/// The names that a parameter binds.
pub(crate) fn bindings(input: &FnArg) -> Vec<Binding> {
    let mut names = Vec::new();
    let known = |ty: &Type| {
        let is_memory = consists_of(ty, is_memory);
        (consists_of(ty, is_primitive), is_memory, is_memory && mentions(&ty.to_token_stream(), "mut"))
    };
    let (attributes, (is_plain, is_memory, is_exclusive)) = match input {
        FnArg::Receiver(receiver) => {
            let (mutability, known) = match &receiver.kind {
                ReceiverKind::Value => (receiver.mutability, (false, false, false)),
                ReceiverKind::Typed(_, ty) => (receiver.mutability, known(ty)),
                ReceiverKind::Reference(_, _, mutability) => (None, (true, true, mutability.is_some())),
                _ => (None, (true, true, false)),
            };
            names.push((Ident::new("self", receiver.self_token.span), mutability));
            (&receiver.attrs, known)
        }
        FnArg::Typed(parameter) => {
            add_names(&parameter.pat, &mut names);
            (&parameter.attrs, known(&parameter.ty))
        }
    };
    let conditions = conditions(attributes);
    let binding = |(name, mutability)| {
        let conditions = conditions.clone();
        Binding { name, mutability, conditions, is_plain, is_memory, is_exclusive }
    };
    names.into_iter().map(binding).collect()
}

/// The parts of a parameter, the last to be dropped first: what its pattern leaves unnamed, which is `None`, and the names that it
/// binds. Memory is left out.
pub(crate) fn dropped(input: &FnArg) -> Vec<Option<Binding>> {
    let unnamed = match input {
        FnArg::Typed(parameter) if !consists_of(&parameter.ty, is_memory) && !names_all(&parameter.pat) => {
            Some(None)
        }
        _ => None,
    };
    let named = bindings(input).into_iter().filter(|binding| !binding.is_memory).map(Some);
    unnamed.into_iter().chain(named).collect()
}

/// Whether a pattern binds every part of a value.
fn names_all(pattern: &Pat) -> bool {
    match pattern {
        Pat::Ident(binding) => binding.by_ref.is_none(),
        Pat::Paren(paren) => names_all(&paren.pat),
        Pat::Slice(slice) => slice.elems.iter().all(names_all),
        Pat::Struct(record) => {
            record.rest.is_none() && record.fields.iter().all(|field| names_all(&field.pat))
        }
        Pat::Tuple(tuple) => tuple.elems.iter().all(names_all),
        Pat::TupleStruct(tuple) => tuple.elems.iter().all(names_all),
        _ => false,
    }
}

/// Whether a type is made of references and of types whose paths are known.
fn consists_of(ty: &Type, is_known: fn(&Path) -> bool) -> bool {
    match ty {
        Type::Reference(_) => true,
        Type::Array(array) => consists_of(&array.elem, is_known),
        Type::Slice(slice) => consists_of(&slice.elem, is_known),
        Type::Tuple(tuple) => tuple.elems.iter().all(|ty| consists_of(ty, is_known)),
        Type::Path(path) => is_known(&path.path),
        Type::Group(group) => consists_of(&group.elem, is_known),
        Type::Paren(paren) => consists_of(&paren.elem, is_known),
        _ => false,
    }
}

fn is_primitive(path: &Path) -> bool {
    const NAMES: [&str; 17] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
        "u64", "u128", "usize",
    ];
    path.get_ident().is_some_and(|name| is_one_of(name, &NAMES))
}

/// Whether it is a type of the standard library that does nothing when it is dropped, or frees memory and drops its arguments.
fn is_memory(path: &Path) -> bool {
    const NAMES: [&str; 18] = [
        "BTreeMap",
        "BTreeSet",
        "Box",
        "Cow",
        "Duration",
        "HashMap",
        "HashSet",
        "Instant",
        "Option",
        "OsString",
        "Path",
        "PathBuf",
        "Pin",
        "Result",
        "String",
        "SystemTime",
        "Vec",
        "VecDeque",
    ];
    is_primitive(path)
        || path.segments.last().is_some_and(|last| {
            is_one_of(&last.ident, &NAMES)
                && match &last.arguments {
                    PathArguments::None => true,
                    PathArguments::AngleBracketed(its) => its.args.iter().all(|argument| match argument {
                        GenericArgument::Type(ty) => consists_of(ty, is_memory),
                        GenericArgument::Lifetime(_) => true,
                        _ => false,
                    }),
                    PathArguments::Parenthesized(_) => false,
                }
        })
}

/// Adds the names that a pattern binds, each with its `mut`. A name in upper case is a constant.
fn add_names(pattern: &Pat, names: &mut Vec<(Ident, Option<syn::Token![mut]>)>) {
    match pattern {
        Pat::Ident(binding) => {
            if !binding.ident.to_string().starts_with(char::is_uppercase) {
                // The `mut` of `ref mut` belongs to the reference.
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
