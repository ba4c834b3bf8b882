//! `key`: the expression by which a function finds the breaker of a call.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, FnArg, Pat, Type};

use crate::input::arguments::Arguments;
use crate::input::errors::CompileErrors;
use crate::input::function::Function;
use crate::input::peel::{peel_expression, peel_type};
use crate::input::source::spelled;
use crate::input::tokens::{is, is_word, mentioned, text};

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
        errors: &mut CompileErrors,
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
        let parameter = function.and_then(|function| type_of_parameter(&subject, function));
        let is_inner = parameter.as_ref().zip(function).is_some_and(|(ty, function)| is_inner(ty, function));
        let ty = given.or(parameter.filter(|_| !is_inner));
        if has_handle && ty.is_none() {
            let why = if is_inner {
                "and that of this parameter is known only in the function"
            } else {
                "which cannot be seen here"
            };
            let message = format!(
                "the `handle` of keyed breakers needs the type of the keys, {why}\n\
                 help: write it after the key: `key = {} as String`",
                as_text(&subject).unwrap_or_else(|| spelled(&argument.value))
            );
            errors.report(argument.span(), message);
            return None;
        }
        Some(Self { subject, ty })
    }
}

/// `request.host() as String`: the key, and the type in which it is kept. With a primitive type, it is also a cast.
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

/// The text of a tuple, which has no `Display`, so it cannot be a key itself.
fn as_text(subject: &Expr) -> Option<String> {
    let Expr::Tuple(tuple) = peel_expression(subject) else { return None };
    let (places, values): (Vec<_>, Vec<_>) = tuple
        .elems
        .iter()
        .map(|value| ("{}", spelled(&without_borrow(value.clone()).to_token_stream())))
        .unzip();
    Some(format!("format!(\"{}\", {})", places.join("/"), values.join(", ")))
}

fn is_primitive(ty: &Type) -> bool {
    const PRIMITIVE: [&str; 14] = [
        "bool", "char", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
        "usize",
    ];
    matches!(ty, Type::Path(path) if PRIMITIVE.iter().any(|name| path.path.is_ident(name)))
}

/// The expression without a `&` before it: it is borrowed in any case.
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
    let mut ty = peel_type(parameter);
    while let Type::Reference(reference) = ty {
        ty = peel_type(&reference.elem);
    }
    Some(ty.to_token_stream())
}

/// Whether a type means something only in the function: it mentions a generic parameter, an `impl`, or a lifetime.
fn is_inner(ty: &TokenStream, function: &Function) -> bool {
    let generics = &function.signature.generics;
    let types = generics.type_params().map(|parameter| &parameter.ident);
    let constants = generics.const_params().map(|parameter| &parameter.ident);
    let names = types.chain(constants).map(ToString::to_string).chain(["impl".to_owned()]);
    !mentioned(ty.clone(), names.collect()).is_empty() || has_lifetime(ty)
}

/// Whether a type has a lifetime other than `'static`, written or not.
fn has_lifetime(ty: &TokenStream) -> bool {
    let trees: Vec<_> = ty.clone().into_iter().collect();
    trees.iter().enumerate().any(|(at, tree)| match (tree, trees.get(at + 1)) {
        (TokenTree::Group(group), _) => has_lifetime(&group.stream()),
        (sign, Some(next)) => {
            is(sign, '&') && !is(next, '\'') || is(sign, '\'') && !is_word(next, &["static"])
        }
        (_, None) => false,
    })
}
