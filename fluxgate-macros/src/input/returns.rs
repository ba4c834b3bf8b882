//! A signature -> the output of the function, and the form in which it is returned.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{
    AssocType, GenericArgument, PathArguments, PathSegment, ReturnType, Signature, Type, TypeParamBound,
};

use crate::input::tokens::span_of;

/// The form in which a function returns its output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// It returns the output.
    Sync,
    /// It is an `async fn`.
    Async,
    /// It returns an `impl Future` of the output.
    Future,
    /// It returns a boxed future of the output, which is also what `#[async_trait]` makes of an `async fn`.
    Boxed,
}

/// The output of a function, and the form in which it is returned.
pub(crate) struct Returns {
    pub(crate) form: Form,
    /// The return type of the signature, with `_` for each `impl Trait`, so that closures and variables may have it as their type.
    pub(crate) declared: TokenStream,
    /// The same for the output; for a future, the future's output.
    pub(crate) output: TokenStream,
    /// Whether the output is an `impl Trait`, which cannot be named otherwise.
    pub(crate) is_opaque: bool,
    /// The span of the return type.
    pub(crate) span: (Span, Span),
}

impl Returns {
    pub(crate) fn of(signature: &Signature) -> Self {
        let ty = match &signature.output {
            ReturnType::Default => {
                let unit = quote_spanned!(signature.ident.span()=> ());
                return Self::plain(signature, unit);
            }
            ReturnType::Type(_, ty) => peel(ty),
        };
        let declared = nameable(ty);
        if signature.asyncness.is_some() {
            return Self::plain(signature, declared);
        }
        if is_future_of_self(ty) {
            let output = quote!(<#ty as ::core::future::Future>::Output);
            let span = span_of(&ty.to_token_stream()).unwrap_or((Span::call_site(), Span::call_site()));
            return Self { form: Form::Boxed, declared, is_opaque: false, output, span };
        }
        let (form, output) = match ty {
            Type::ImplTrait(opaque) => (Form::Future, output(&opaque.bounds)),
            _ => (Form::Boxed, boxed(ty).or_else(|| alias(ty))),
        };
        match output {
            Some(output) => {
                let span =
                    span_of(&output.to_token_stream()).unwrap_or((Span::call_site(), Span::call_site()));
                Self { form, declared, is_opaque: is_opaque(output), output: nameable(output), span }
            }
            None => Self::plain(signature, declared),
        }
    }

    fn plain(signature: &Signature, declared: TokenStream) -> Self {
        let form = if signature.asyncness.is_some() { Form::Async } else { Form::Sync };
        let (span, is_opaque) = match &signature.output {
            ReturnType::Type(_, ty) => (span_of(&ty.to_token_stream()), is_opaque(ty)),
            ReturnType::Default => (None, false),
        };
        let name = signature.ident.span();
        Self { form, output: declared.clone(), declared, is_opaque, span: span.unwrap_or((name, name)) }
    }
}

/// The `!` that a function returns.
pub(crate) fn never(signature: &Signature) -> Option<&Type> {
    match &signature.output {
        ReturnType::Type(_, ty) => Some(peel(ty)).filter(|ty| matches!(ty, Type::Never(_))),
        ReturnType::Default => None,
    }
}

/// The output of the future that an `async fn` returns instead of waiting for it, and that future.
pub(crate) fn later(signature: &Signature) -> Option<(&Type, &Type)> {
    signature.asyncness?;
    let ReturnType::Type(_, ty) = &signature.output else { return None };
    let ty = peel(ty);
    let output = match ty {
        Type::ImplTrait(opaque) => output(&opaque.bounds),
        _ => boxed(ty).or_else(|| alias(ty)),
    };
    Some((output?, ty))
}

/// Removes parentheses and the invisible groups of `macro_rules!`.
fn peel(mut ty: &Type) -> &Type {
    loop {
        match ty {
            Type::Group(group) => ty = &group.elem,
            Type::Paren(paren) => ty = &paren.elem,
            _ => return ty,
        }
    }
}

fn is_opaque(ty: &Type) -> bool {
    matches!(peel(ty), Type::ImplTrait(_))
}

/// The output of `Pin<Box<dyn Future<Output = ..>>>`.
fn boxed(ty: &Type) -> Option<&Type> {
    let pinned = peel(argument(last(ty)?, "Pin")?);
    match peel(argument(last(pinned)?, "Box")?) {
        Type::TraitObject(object) => output(&object.bounds),
        Type::ImplTrait(opaque) => output(&opaque.bounds),
        _ => None,
    }
}

/// The output of a `BoxFuture<'_, ..>` or `LocalBoxFuture<'_, ..>`, which are aliases of the former in the crate `futures` and in many
/// others.
fn alias(ty: &Type) -> Option<&Type> {
    let segment = last(ty)?;
    ["BoxFuture", "LocalBoxFuture"].into_iter().find_map(|name| argument(segment, name))
}

/// `Self::Future`, as a service returns it. It has to be a boxed future.
fn is_future_of_self(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let names = path.path.segments.iter().map(|segment| segment.ident.to_string());
    path.qself.is_none() && names.eq(["Self", "Future"])
}

fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The generic argument of a type with this name.
fn argument<'a>(segment: &'a PathSegment, name: &str) -> Option<&'a Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) if segment.ident == name => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The output of a `Future` bound among these.
fn output<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> Option<&'a Type> {
    bounds.into_iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            let segment = bound.path.segments.last().filter(|segment| segment.ident == "Future")?;
            match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => {
                    arguments.args.iter().find_map(|argument| match argument {
                        GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == "Output" => {
                            Some(ty)
                        }
                        _ => None,
                    })
                }
                _ => None,
            }
        }
        _ => None,
    })
}

/// The type in a form that is allowed anywhere: `impl Trait` is replaced by `_`.
fn nameable(ty: &Type) -> TokenStream {
    let mut ty = ty.clone();
    erase(&mut ty);
    ty.into_token_stream()
}

fn erase(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = Type::Verbatim(quote!(_)),
        Type::Array(array) => erase(&mut array.elem),
        Type::Group(group) => erase(&mut group.elem),
        Type::Paren(paren) => erase(&mut paren.elem),
        Type::Reference(reference) => erase(&mut reference.elem),
        Type::Slice(slice) => erase(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(erase),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            erase(ty);
                        }
                    }
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Returns};

    #[test]
    fn the_return_type_tells_the_form() {
        for (signature, form, output) in [
            ("fn f()", Form::Sync, "()"),
            ("fn f() -> Result<impl Iterator<Item = u8>, E>", Form::Sync, "Result < _ , E >"),
            ("fn f() -> (BoxFuture<'static, u8>)", Form::Boxed, "u8"),
            ("fn f() -> futures::future::LocalBoxFuture<'_, u8>", Form::Boxed, "u8"),
            (
                "fn f() -> Self::Future",
                Form::Boxed,
                "< Self :: Future as :: core :: future :: Future > :: Output",
            ),
            ("fn f() -> Reply<'static, u8>", Form::Sync, "Reply < 'static , u8 >"),
            ("fn f() -> impl Send", Form::Sync, "_"),
            ("async fn f() -> Result<u8, E>", Form::Async, "Result < u8 , E >"),
            ("async fn f() -> impl Future<Output = u8>", Form::Async, "_"),
            ("fn f() -> impl Send + Future<Output = Result<u8, E>> + 'a", Form::Future, "Result < u8 , E >"),
            ("fn f() -> impl core::future::Future<Output = impl Send>", Form::Future, "_"),
            ("fn f() -> std::pin::Pin<Box<dyn Future<Output = u8> + Send + '_>>", Form::Boxed, "u8"),
            ("fn f() -> Pin<Box<(dyn Future<Output = u8>)>>", Form::Boxed, "u8"),
            ("fn f() -> Pin<Box<u8>>", Form::Sync, "Pin < Box < u8 > >"),
        ] {
            let returns = Returns::of(&syn::parse_str(signature).expect("the test's own signature"));
            assert_eq!((returns.form, returns.output.to_string().as_str()), (form, output), "{signature}");
        }
    }
}
