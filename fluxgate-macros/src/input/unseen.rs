//! Return types in which failures hide: only the outer `Result` decides the outcome, when the call returns.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::{GenericArgument, PathArguments, PathSegment, Type, TypeParamBound};

use crate::input::peel::peel_type;
use crate::input::tokens::span_of;

/// A failure of a call that goes unseen.
pub(crate) struct Unseen {
    /// The message about it.
    pub(crate) message: String,
    pub(crate) span: Span,
}

impl Unseen {
    /// What hides in the `Ok` of this type, as far as its spelling tells.
    pub(crate) fn of(output: &Type) -> Option<Self> {
        let value = peel_type(argument(output, &["Result"])?);
        let (span, _) = span_of(&value.to_token_stream())?;
        let counts = "counts as a success\nhelp: add";
        let message = if is_result(value) {
            format!(
                "the `Err` of an inner `Result` {counts} `track = ok(Err(_))`, or `track = all` if that is intended"
            )
        } else if argument(value, &["Option"]).is_some_and(is_result) {
            format!(
                "the `Err` of an inner `Result` {counts} `track = ok(Some(Err(_)))`, or `track = all` if that is intended"
            )
        } else if yields_results(value) {
            "whatever it yields later, a stream or an iterator that is returned counts as a success\n\
             help: hold a `fluxgate::OwnedCall` in it, or add `track = all` if that is intended"
                .to_owned()
        } else if is_of_results(value, &["Future"], &["BoxFuture", "LocalBoxFuture", "JoinHandle"]) {
            "whatever it ends with, a future or a task that is returned counts as a success\n\
             help: await it, or add `track = all` if that is intended"
                .to_owned()
        } else {
            return None;
        };
        Some(Self { message, span })
    }
}

fn yields_results(ty: &Type) -> bool {
    is_of_results(ty, &["Stream", "Iterator"], &["BoxStream", "LocalBoxStream"])
}

/// Whether this is an object or an opaque type of one of these traits, boxed or not, or one of these types, for a `Result`.
fn is_of_results(ty: &Type, traits: &[&str], types: &[&str]) -> bool {
    let ty = peel_type(ty);
    let bounds = match ty {
        Type::ImplTrait(opaque) => &opaque.bounds,
        Type::TraitObject(object) => &object.bounds,
        _ => {
            let boxed =
                argument(ty, &["Pin", "Box"]).is_some_and(|inner| is_of_results(inner, traits, types));
            return boxed || argument(ty, types).is_some_and(is_result);
        }
    };
    bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|last| is_one_of(last, traits) && associates_result(last))
        }
        _ => false,
    })
}

/// Whether `Item` or `Output` is a `Result`.
fn associates_result(segment: &PathSegment) -> bool {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return false };
    arguments.args.iter().any(
        |argument| matches!(argument, GenericArgument::AssocType(associated) if is_result(&associated.ty)),
    )
}

/// Whether it is a `Result` with arguments: one without may be a type of the user's.
fn is_result(ty: &Type) -> bool {
    argument(ty, &["Result"]).is_some()
}

/// The first type among the arguments of a type with one of these names.
fn argument<'a>(ty: &'a Type, names: &[&str]) -> Option<&'a Type> {
    let Type::Path(path) = peel_type(ty) else { return None };
    let segment = path.path.segments.last().filter(|last| is_one_of(last, names))?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn is_one_of(segment: &PathSegment, names: &[&str]) -> bool {
    names.iter().any(|name| segment.ident == name)
}

#[cfg(test)]
mod tests {
    use super::Unseen;

    #[test]
    fn what_hides_is_told_by_the_spelling() {
        let starts = |output: &str| {
            let unseen = Unseen::of(&syn::parse_str(output).expect("the test's own type"));
            unseen.map_or_else(String::new, |unseen| unseen.message.chars().take(18).collect())
        };
        for (output, expected) in [
            ("Result<Result<u8, E>, F>", "the `Err` of an in"),
            ("io::Result<(anyhow::Result<u8>)>", "the `Err` of an in"),
            ("Result<Option<Result<u8, E>>, F>", "the `Err` of an in"),
            ("Result<impl Stream<Item = io::Result<Bytes>> + Send, E>", "whatever it yields"),
            ("Result<Pin<Box<dyn Stream<Item = Result<u8, E>> + Send>>, E>", "whatever it yields"),
            ("Result<BoxStream<'static, Result<u8, E>>, E>", "whatever it yields"),
            ("Result<Box<dyn Iterator<Item = Result<u8, E>>>, E>", "whatever it yields"),
            ("Result<JoinHandle<Result<u8, E>>, E>", "whatever it ends w"),
            ("Result<impl Future<Output = Result<u8, E>>, E>", "whatever it ends w"),
            ("Result<u8, Result<u8, E>>", ""),
            ("Result<fmt::Result, E>", ""),
            ("Result<search::Result, E>", ""),
            ("Result<Vec<Result<u8, E>>, E>", ""),
            ("Result<impl Iterator<Item = u8>, E>", ""),
            ("Result<JoinHandle<()>, E>", ""),
            ("Option<Result<u8, E>>", ""),
        ] {
            assert_eq!(starts(output), expected, "{output}");
        }
    }
}
