//! Types as they are spelled: their names, their arguments, and the bounds of opaque types and of objects.

use syn::{AssocType, GenericArgument, PathArguments, PathSegment, Type, TypeParamBound};

use crate::input::peel::peel_type;
use crate::input::tokens::is_one_of;

/// The last segment of a path.
pub(crate) fn last(ty: &Type) -> Option<&PathSegment> {
    match peel_type(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The first type among the arguments of a type with one of these names.
pub(crate) fn argument<'a>(ty: &'a Type, names: &[&str]) -> Option<&'a Type> {
    types_in(last(ty).filter(|last| is_one_of(&last.ident, names))?).next()
}

/// The types among the arguments of a segment.
pub(crate) fn types_in(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The associated type with this name, of an opaque type or an object of one of these traits.
pub(crate) fn associated<'a>(ty: &'a Type, traits: &[&str], name: &str) -> Option<&'a Type> {
    let bounds = match peel_type(ty) {
        Type::ImplTrait(opaque) => &opaque.bounds,
        Type::TraitObject(object) => &object.bounds,
        _ => return None,
    };
    let segments = bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    });
    let of_traits = segments.filter(|segment| is_one_of(&segment.ident, traits));
    of_traits.flat_map(arguments).find_map(|argument| match argument {
        GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == name => Some(ty),
        _ => None,
    })
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten()
}
