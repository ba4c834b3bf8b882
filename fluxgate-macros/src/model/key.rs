//! `key`: the expression by which a function finds the breaker of a call.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Expr, FnArg, Pat, Type};

use crate::input::arguments::Arguments;
use crate::input::errors::Errors;
use crate::input::function::Function;
use crate::input::peel::{peel_expression, peel_type};
use crate::input::tokens::text;

/// The key of a call.
pub(crate) struct Key {
    /// What is hashed: a place, or a value. It is borrowed, and never moved.
    pub(crate) subject: Expr,
    /// The type whose owned form is the type of the keys, if it is given or can be seen.
    pub(crate) ty: Option<TokenStream>,
}

impl Key {
    /// Reads `key`, if it is given.
    pub(crate) fn read(
        arguments: &Arguments,
        function: Option<&Function>,
        has_handle: bool,
        errors: &mut Errors,
    ) -> Option<Self> {
        let argument = arguments.get("key")?;
        let expression = match syn::parse2::<Expr>(argument.value.clone()) {
            Ok(expression) if !matches!(peel_expression(&expression), Expr::Lit(_) | Expr::Closure(_)) => {
                expression
            }
            Ok(_) | Err(_) => {
                let quoted = text(&argument.value).filter(|text| syn::parse_str::<Expr>(text).is_ok());
                let example = quoted.unwrap_or_else(|| "host".to_owned());
                let message = format!(
                    "`key` takes an expression of the parameters, which selects the breaker of a call\n\
                     help: write `key = {example}`"
                );
                errors.report(argument.span(), message);
                return None;
            }
        };
        let (expression, given) = split_type(expression);
        let subject = without_borrow(expression);
        let ty = given.or_else(|| type_of_parameter(&subject, function?));
        if has_handle && ty.is_none() {
            let message = format!(
                "the `handle` of keyed breakers needs the type of the keys, which cannot be seen here\n\
                 help: write it after the key: `key = {} as String`",
                crate::input::source::spelled(&argument.value)
            );
            errors.report(argument.span(), message);
            return None;
        }
        Some(Self { subject, ty })
    }
}

/// `request.host() as String`: the key, and the type that is kept of it. To a number, it is also a cast.
fn split_type(expression: Expr) -> (Expr, Option<TokenStream>) {
    match expression {
        Expr::Group(group) => split_type(*group.expr),
        Expr::Cast(cast) => {
            let ty = cast.ty.to_token_stream();
            if is_primitive(&cast.ty) { (Expr::Cast(cast), Some(ty)) } else { (*cast.expr, Some(ty)) }
        }
        other => (other, None),
    }
}

fn is_primitive(ty: &Type) -> bool {
    const PRIMITIVE: [&str; 14] = [
        "bool", "char", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
        "usize",
    ];
    matches!(ty, Type::Path(path) if PRIMITIVE.iter().any(|name| path.path.is_ident(name)))
}

/// The place itself: it is borrowed in any case.
fn without_borrow(expression: Expr) -> Expr {
    match expression {
        Expr::Reference(reference) if reference.mutability.is_none() => without_borrow(*reference.expr),
        other => other,
    }
}

/// The type of the parameter that is the key, without references.
fn type_of_parameter(subject: &Expr, function: &Function) -> Option<TokenStream> {
    let Expr::Path(path) = peel_expression(subject) else { return None };
    let name = path.path.get_ident()?;
    let parameter = function.signature.inputs.iter().find_map(|input| match input {
        FnArg::Typed(parameter) if matches!(&*parameter.pat, Pat::Ident(pattern) if pattern.ident == *name) => {
            Some(&*parameter.ty)
        }
        _ => None,
    })?;
    let generics = &function.signature.generics;
    let mut ty = parameter;
    loop {
        ty = match peel_type(ty) {
            Type::Reference(reference) => &reference.elem,
            Type::ImplTrait(_) => return None,
            Type::Path(path) if generics.type_params().any(|its| path.path.is_ident(&its.ident)) => {
                return None;
            }
            known => return Some(known.to_token_stream()),
        };
    }
}
